//! A schedule drawn as lanes: one column a thread, one row a step, the source line at the end of the row.

use crate::verdict::Event;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The narrowest lane in which a step can be read.
const MIN_LANE: usize = 14;
/// What is kept for the source line, if there is that much.
const MIN_SOURCE: usize = 24;

/// Draws `events` in lines of at most `width` characters.
///
/// In its column, `│` is a thread that could run, `┊` one that waits; no sign is one that has not begun or has
/// nothing more to do. If there is no room for the columns, each step names its thread instead.
pub fn draw(root: &Path, events: &[Event], width: usize) -> Vec<String> {
    let mut threads: Vec<&str> = Vec::new();
    for event in events {
        if !threads.contains(&event.thread.as_str()) {
            threads.push(&event.thread);
        }
    }
    let mut sources = Sources { root, files: BTreeMap::new() };
    let clock = Clock::of(events);
    let room = width.saturating_sub(clock.width() + MIN_SOURCE + 2);
    let lane = (room / threads.len().max(1)).min(28);
    if lane < MIN_LANE {
        list(&mut sources, events, &clock)
    } else {
        columns(&mut sources, events, &clock, &threads, lane)
    }
    .into_iter()
    .map(|line| clip(line.trim_end(), width))
    .collect()
}

fn columns(
    sources: &mut Sources<'_>,
    events: &[Event],
    clock: &Clock,
    threads: &[&str],
    lane: usize,
) -> Vec<String> {
    let cell = |text: &str| format!("{:lane$}", clip(text, lane - 1));
    let last_step = |thread: &str| events.iter().rposition(|event| event.thread == thread).unwrap_or(0);
    let mut waiting: BTreeMap<&str, bool> = BTreeMap::new();
    let mut lines = vec![clock.blank() + &threads.iter().map(|thread| cell(thread)).collect::<String>()];
    for (step, event) in events.iter().enumerate() {
        waiting.insert(&event.thread, event.blocked);
        let mut line = clock.tell(event);
        for thread in threads {
            line += &match waiting.get(thread) {
                _ if *thread == event.thread => cell(&doing(event)),
                Some(true) => cell("┊"),
                Some(false) if step < last_step(thread) => cell("│"),
                _ => cell(""),
            };
        }
        lines.push(line + "  " + &sources.quote(event));
    }
    lines
}

fn list(sources: &mut Sources<'_>, events: &[Event], clock: &Clock) -> Vec<String> {
    let line = |event: &Event| {
        let source = sources.quote(event);
        let gap = if source.is_empty() { "" } else { "  " };
        format!("{}{}: {}{gap}{source}", clock.tell(event), event.thread, doing(event))
    };
    events.iter().map(line).collect()
}

fn doing(event: &Event) -> String {
    let mut text = event.op.clone();
    if let Some(object) = &event.object {
        text = format!("{text} {object}");
    }
    if event.blocked { format!("▒ {text}") } else { text }
}

fn clip(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// The column of virtual time; not there if no time passes.
struct Clock {
    ticks: bool,
}

impl Clock {
    fn of(events: &[Event]) -> Clock {
        Clock { ticks: events.iter().any(|event| event.time_ns > 0) }
    }

    fn width(&self) -> usize {
        if self.ticks { 12 } else { 0 }
    }

    fn blank(&self) -> String {
        " ".repeat(self.width())
    }

    fn tell(&self, event: &Event) -> String {
        if !self.ticks {
            return String::new();
        }
        format!("{:>8.3} ms ", event.time_ns as f64 / 1e6)
    }
}

/// Source files, each read once.
struct Sources<'a> {
    root: &'a Path,
    files: BTreeMap<PathBuf, Vec<String>>,
}

impl Sources<'_> {
    fn quote(&mut self, event: &Event) -> String {
        let (Some(file), Some(line)) = (&event.file, event.line) else { return String::new() };
        let root = self.root;
        let read = || {
            let text = fs::read_to_string(root.join(file)).unwrap_or_default();
            text.lines().map(|line| line.trim().to_owned()).collect()
        };
        let lines = self.files.entry(PathBuf::from(file)).or_insert_with(read);
        let text = (line as usize).checked_sub(1).and_then(|index| lines.get(index));
        format!("{line:>4} │ {}", text.map_or("", String::as_str))
    }
}

/// The text of one line of a source file.
pub fn source_line(root: &Path, file: &str, line: u32) -> Option<String> {
    let text = fs::read_to_string(root.join(file)).ok()?;
    Some(text.lines().nth((line as usize).checked_sub(1)?)?.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(thread: &str, op: &str, blocked: bool) -> Event {
        Event {
            thread: thread.into(),
            op: op.into(),
            object: None,
            file: None,
            line: None,
            time_ns: 0,
            blocked,
        }
    }

    #[test]
    fn a_waiting_thread_is_drawn_until_it_goes_on() {
        let events = [
            event("main", "recv", true),
            event("a", "send", false),
            event("a", "end", false),
            event("main", "got", false),
        ];
        let lines = draw(Path::new("."), &events, 80);
        let expected = ["main", "▒ recv", "┊", "┊", "got"];
        let first: Vec<&str> = lines.iter().map(|line| line.split_whitespace().next().unwrap()).collect();
        assert_eq!(first[0], expected[0]);
        assert!(
            lines[1].starts_with("▒ recv") && lines[2].starts_with('┊') && lines[4].starts_with("got"),
            "{lines:#?}"
        );
    }

    #[test]
    fn a_narrow_terminal_gets_a_list() {
        let events = [event("main", "recv", true), event("a", "send", false)];
        assert_eq!(draw(Path::new("."), &events, 30), ["main: ▒ recv", "a: send"]);
    }
}
