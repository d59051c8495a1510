//! A schedule drawn as lanes: one column a thread, one row a step, the source line at the end of the row.

use crate::show::sources::Sources;
use crate::verdict::{Kind, Step};
use protocol::threads;

/// The narrowest lane in which a step can be read.
const MIN_LANE: usize = 12;
/// What is kept for the source line, if there is that much.
const MIN_SOURCE: usize = 24;

/// Draws `events`, which end in a finding of `kind`, in lines of at most `width` characters, with their lines from `sources`.
///
/// In its column, `│` is a thread that could run, `┊` one that waits; no sign is one that has not begun or has
/// nothing more to do. What one thread does at one line without a switch is one row, with the number of steps. If
/// there is no room for the columns, each row names its thread instead.
pub fn draw(sources: &Sources, events: &[Step], kind: Kind, width: usize) -> Vec<String> {
    let rows = fold(events);
    let threads = threads(events);
    let clock = Clock::of(events);
    let share = share(&clock, width, threads.len());
    let mut lines = if share < MIN_LANE {
        list(sources, &rows, &clock)
    } else {
        let lanes = threads.into_iter().map(|thread| Lane::of(thread, &rows, share)).collect();
        columns(sources, &rows, &clock, lanes)
    };
    if !rows.is_empty() {
        let said = format!("{}✗ {kind} ", clock.blank());
        let longest = lines.iter().map(|line| line.trim_end().chars().count()).max().unwrap_or(0);
        let rule = longest.min(width).saturating_sub(said.chars().count());
        lines.push(said + &"─".repeat(rule));
    }
    lines.into_iter().map(|line| clip(line.trim_end(), width)).collect()
}

/// Whether `draw` begins with the names of the threads: there is room for a column each.
pub fn has_heads(events: &[Step], width: usize) -> bool {
    share(&Clock::of(events), width, threads(events).len()) >= MIN_LANE
}

fn share(clock: &Clock, width: usize, lanes: usize) -> usize {
    width.saturating_sub(clock.width() + MIN_SOURCE + 2) / lanes.max(1)
}

/// Steps that one thread does at one line, one after the other.
pub struct Row<'a> {
    pub last: &'a Step,
    steps: usize,
}

impl<'a> Row<'a> {
    pub fn thread(&self) -> &'a str {
        &self.last.thread
    }

    /// What it does and to what.
    pub fn operation(&self) -> String {
        let object = self.last.object.iter().map(|object| format!(" {object}")).collect::<String>();
        let times = if self.steps > 1 { format!(" ×{}", self.steps) } else { String::new() };
        format!("{}{object}{times}", self.last.op)
    }

    fn doing(&self) -> String {
        let sign = if self.last.blocked { "▒ " } else { "" };
        format!("{sign}{}", self.operation())
    }
}

/// The rows that `events` are drawn as.
pub fn fold(events: &[Step]) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for event in events {
        match rows.last_mut() {
            Some(row)
                if row.last.thread == event.thread
                    && row.last.line.is_some()
                    && (row.last.line, &row.last.file) == (event.line, &event.file)
                    && !row.last.blocked =>
            {
                row.last = event;
                row.steps += 1;
            }
            _ => rows.push(Row { last: event, steps: 1 }),
        }
    }
    rows
}

/// The column of a thread.
struct Lane<'a> {
    thread: &'a str,
    width: usize,
    last_row: usize,
    state: State,
}

#[derive(Clone, Copy)]
enum State {
    NotBegun,
    Ready,
    Waiting,
}

impl<'a> Lane<'a> {
    fn of(thread: &'a str, rows: &[Row<'_>], at_most: usize) -> Lane<'a> {
        let own = || rows.iter().filter(|row| row.thread() == thread);
        let longest = own().map(|row| row.doing().chars().count()).max().unwrap_or(0);
        let width = longest.max(thread.chars().count()).saturating_add(2).min(at_most);
        let last_row = rows.iter().rposition(|row| row.thread() == thread).unwrap_or(0);
        Lane { thread, width, last_row, state: State::NotBegun }
    }

    fn cell(&self, text: &str) -> String {
        let width = self.width;
        format!("{:width$}", clip(text, width - 1))
    }
}

fn columns(sources: &Sources, rows: &[Row<'_>], clock: &Clock, mut lanes: Vec<Lane<'_>>) -> Vec<String> {
    let heads: String = lanes.iter().map(|lane| lane.cell(lane.thread)).collect();
    let mut lines = vec![clock.blank() + &heads];
    for (index, row) in rows.iter().enumerate() {
        let mut line = clock.tell(row.last);
        for lane in &mut lanes {
            line += &if lane.thread == row.thread() {
                lane.state = if row.last.blocked { State::Waiting } else { State::Ready };
                lane.cell(&row.doing())
            } else {
                lane.cell(match lane.state {
                    State::Waiting => "┊",
                    State::Ready if index < lane.last_row => "│",
                    State::Ready | State::NotBegun => "",
                })
            };
        }
        lines.push(line + "  " + &sources.quote(row.last));
    }
    lines
}

fn list(sources: &Sources, rows: &[Row<'_>], clock: &Clock) -> Vec<String> {
    let line = |row: &Row<'_>| {
        let source = sources.quote(row.last);
        let gap = if source.is_empty() { "" } else { "  " };
        format!("{}{}: {}{gap}{source}", clock.tell(row.last), row.thread(), row.doing())
    };
    rows.iter().map(line).collect()
}

/// `text`, cut to `width` characters if it is longer.
pub fn clip(text: &str, width: usize) -> String {
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
    fn of(events: &[Step]) -> Clock {
        Clock { ticks: events.iter().any(|event| event.time_ns > 0) }
    }

    fn width(&self) -> usize {
        if self.ticks { 12 } else { 0 }
    }

    fn blank(&self) -> String {
        " ".repeat(self.width())
    }

    fn tell(&self, event: &Step) -> String {
        if !self.ticks {
            return String::new();
        }
        format!("{:>8.3} ms ", event.time_ns as f64 / 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(thread: &str, op: &str, blocked: bool) -> Step {
        Step {
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
        let lines = draw(&Sources::default(), &events, Kind::Race, 80);
        let expected = ["main", "▒ recv", "┊", "┊", "got"];
        let first: Vec<&str> = lines.iter().map(|line| line.split_whitespace().next().unwrap()).collect();
        assert_eq!(first[0], expected[0]);
        assert!(
            lines[1].starts_with("▒ recv") && lines[2].starts_with('┊') && lines[4].starts_with("got"),
            "{lines:#?}"
        );
    }

    #[test]
    fn what_is_done_at_one_line_is_one_row() {
        let at = |op| Step { file: Some("lib.rs".into()), line: Some(3), ..event("main", op, false) };
        let lines = draw(
            &Sources::default(),
            &[at("load"), at("load"), at("store"), event("main", "end", false)],
            Kind::Race,
            80,
        );
        assert!(lines[1].starts_with("store ×3") && lines[2].starts_with("end"), "{lines:#?}");
    }

    #[test]
    fn a_narrow_terminal_gets_a_list() {
        let events = [event("main", "recv", true), event("a", "send", false)];
        assert_eq!(
            draw(&Sources::default(), &events, Kind::Deadlock, 30),
            ["main: ▒ recv", "a: send", "✗ deadlock ─"]
        );
    }
}
