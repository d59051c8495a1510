//! A schedule drawn as lanes: one column a thread, one row a step, the source line at the end of the row.

use crate::show::sources::Sources;
use crate::show::times;
use crate::verdict::{Kind, Step};
use protocol::threads;

/// The narrowest lane in which a step can be read.
const MIN_LANE: usize = 12;
/// What is kept for the source line, if there is that much.
const MIN_SOURCE: usize = 24;

/// Draws `events`, which end in a finding of `kind`, in lines of at most `width` characters, with their lines from `sources`.
///
/// In its column, `│` is a thread that could run, `┊` one that waits; no sign is one that has not begun or has
/// nothing more to do. What one thread does at one line without a switch is one row, as far as there is room. If
/// there is no room for the columns, each row names its thread instead.
pub fn draw(sources: &Sources, events: &[Step], kind: Kind, width: usize) -> Vec<String> {
    let rows = fold(events);
    let threads = threads(events);
    let clock = Clock::of(events);
    let count = threads.len();
    let share = share(&clock, width, count);
    let mut lines = if share < MIN_LANE {
        list(sources, &rows, &clock)
    } else {
        let mut lanes: Vec<Lane<'_>> = threads.into_iter().map(|thread| Lane::of(thread, &rows)).collect();
        fit(&mut lanes, share * count);
        columns(sources, &rows, &clock, lanes, width)
    };
    let heads = usize::from(share >= MIN_LANE);
    if lines.len() > heads {
        let rest = repeats(lines.split_off(heads));
        lines.extend(rest);
    }
    if !rows.is_empty() {
        let said = format!("{}✗ {kind} ", clock.blank());
        let longest = lines.iter().map(|line| line.trim_end().chars().count()).max().unwrap_or(0);
        let rule = longest.min(width).saturating_sub(said.chars().count());
        lines.push(said + &"─".repeat(rule));
    }
    lines.into_iter().map(|line| clip(line.trim_end(), width)).collect()
}

/// The longest part that is looked for as one that comes again and again,
const LONGEST_ROUND: usize = 8;
/// and how often it has to come so that once is enough.
const ROUNDS: usize = 4;

/// `lines` with what comes again and again shown once.
fn repeats(lines: Vec<String>) -> Vec<String> {
    let mut shown = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let times = |round: usize| {
            lines[at..].chunks_exact(round).take_while(|it| **it == lines[at..at + round]).count()
        };
        let found = (1..=LONGEST_ROUND.min(lines.len() - at)).map(|round| (round, times(round)));
        match found.filter(|(_, times)| *times >= ROUNDS).min_by_key(|(round, _)| *round) {
            Some((round, times)) => {
                shown.extend_from_slice(&lines[at..at + round]);
                let rows = if round == 1 { "this row".to_owned() } else { format!("these {round} rows") };
                shown.push(format!("… {rows} again, {} times", times - 1));
                at += round * times;
            }
            None => {
                shown.push(lines[at].clone());
                at += 1;
            }
        }
    }
    shown
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
    parts: Vec<Part<'a>>,
}

/// The same step, one time after the other.
struct Part<'a> {
    step: &'a Step,
    times: usize,
}

/// What stands for the steps of the check itself, where the learner's code calls it.
const CHECKS_OWN: &str = "(the check)";

/// A thread begins to unwind.
const PANICS: &str = "panics";

/// What one row can tell of steps that differ, in characters.
const ROW_WIDTH: usize = 34;

impl<'a> Row<'a> {
    fn beginning(step: &'a Step) -> Row<'a> {
        Row { last: step, parts: vec![Part { step, times: 1 }] }
    }

    pub fn thread(&self) -> &'a str {
        &self.last.thread
    }

    /// What it does, to what, and what became of it.
    pub fn operation(&self) -> String {
        let mut told: Vec<String> =
            self.parts.iter().enumerate().map(|(index, part)| self.part(index, part)).collect();
        if let Some(last) = told.last_mut().filter(|_| self.last.blocked) {
            *last = format!("▒ {last}");
        }
        told.join(", ")
    }

    fn part(&self, index: usize, part: &Part<'_>) -> String {
        let Part { step, times } = part;
        // What is locked in this row is unlocked in it.
        let known = step.op == "unlock" && self.parts[..index].iter().any(|it| it.step.object == step.object);
        let object = step.object.iter().filter(|_| !known).map(|object| format!(" {object}"));
        let object: String = object.collect();
        let times = if *times > 1 && step.op != CHECKS_OWN { format!(" ×{times}") } else { String::new() };
        // What a call meets that then waits is not what becomes of it.
        let outcome = step.outcome.as_ref().filter(|_| !self.last.blocked);
        let outcome = outcome.map_or_else(String::new, |outcome| format!(": {outcome}"));
        format!("{}{object}{times}{outcome}", step.op)
    }

    /// Takes in `step`, if it belongs to this row and the row has room for it.
    fn takes(&mut self, step: &'a Step) -> bool {
        let place = |step: &'a Step| (step.line, step.file.as_deref());
        // A panic is a row of its own.
        if self.last.op == PANICS || step.op == PANICS {
            return false;
        }
        if self.last.thread != step.thread || place(self.last) != place(step) {
            return false;
        }
        let is_same = |other: &Step| (&other.op, &other.object) == (&step.op, &step.object);
        // Where there is no line, only a call that has to wait is known to be one.
        if step.line.is_none() && !(is_same(self.last) && step.blocked) {
            return false;
        }
        // The call that was begun now has to wait, or goes on after its wait.
        if is_same(self.last) && (step.blocked || self.last.blocked) {
            if self.last.blocked {
                return step.blocked;
            }
            self.last = step;
            return true;
        }
        if self.last.blocked {
            return false;
        }
        match self.parts.last_mut() {
            Some(last) if is_same(last.step) && (last.step.outcome == step.outcome) => last.times += 1,
            _ => {
                self.parts.push(Part { step, times: 1 });
                if self.operation().chars().count() > ROW_WIDTH {
                    self.parts.pop();
                    return false;
                }
            }
        }
        self.last = step;
        true
    }
}

/// The rows that `events` are drawn as.
pub fn fold(events: &[Step]) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for event in events {
        if !rows.last_mut().is_some_and(|row| row.takes(event)) {
            rows.push(Row::beginning(event));
        }
    }
    rows
}

/// Makes the widest lanes narrower until all of them have room in `width`.
fn fit(lanes: &mut [Lane<'_>], width: usize) {
    while lanes.iter().map(|lane| lane.width).sum::<usize>() > width {
        match lanes.iter_mut().max_by_key(|lane| lane.width) {
            Some(widest) if widest.width > MIN_LANE => widest.width -= 1,
            _ => return,
        }
    }
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
    /// A lane as wide as what is in it.
    fn of(thread: &'a str, rows: &[Row<'_>]) -> Lane<'a> {
        let own = || rows.iter().filter(|row| row.thread() == thread);
        let longest = own().map(|row| row.operation().chars().count()).max().unwrap_or(0);
        let width = longest.max(thread.chars().count()).saturating_add(2);
        let last_row = rows.iter().rposition(|row| row.thread() == thread).unwrap_or(0);
        Lane { thread, width, last_row, state: State::NotBegun }
    }

    fn cell(&self, text: &str) -> String {
        let width = self.width;
        format!("{:width$}", clip(text, width - 1))
    }
}

fn columns(
    sources: &Sources,
    rows: &[Row<'_>],
    clock: &Clock,
    mut lanes: Vec<Lane<'_>>,
    width: usize,
) -> Vec<String> {
    let heads: String = lanes.iter().map(|lane| lane.cell(lane.thread)).collect();
    let mut lines = vec![clock.blank() + &heads];
    let mut before = None;
    for (index, row) in rows.iter().enumerate() {
        let mut line = clock.tell(row.last, before.replace(row.last.time_ns));
        for lane in &mut lanes {
            line += &if lane.thread == row.thread() {
                lane.state = if row.last.blocked { State::Waiting } else { State::Ready };
                lane.cell(&row.operation())
            } else {
                lane.cell(match lane.state {
                    State::Waiting => "┊",
                    State::Ready if index < lane.last_row => "│",
                    State::Ready | State::NotBegun => "",
                })
            };
        }
        let room = width.saturating_sub(line.chars().count() + 2);
        lines.push(line + "  " + &sources.excerpt(row.last, room));
    }
    lines
}

fn list(sources: &Sources, rows: &[Row<'_>], clock: &Clock) -> Vec<String> {
    let mut before = None;
    let line = |row: &Row<'_>| {
        let source = sources.quote(row.last);
        let gap = if source.is_empty() { "" } else { "  " };
        let time = clock.tell(row.last, before.replace(row.last.time_ns));
        format!("{time}{}: {}{gap}{source}", row.thread(), row.operation())
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

    /// The time of `event`, where it is another than that `before`.
    fn tell(&self, event: &Step, before: Option<u64>) -> String {
        match before {
            _ if !self.ticks => String::new(),
            Some(before) if before == event.time_ns => self.blank(),
            _ => format!("{:>11} ", times::span(event.time_ns)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(thread: &str, op: &str, blocked: bool) -> Step {
        Step {
            thread: thread.into(),
            op: op.into(),
            outcome: None,
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
        assert!(lines[1].starts_with("load ×2, store") && lines[2].starts_with("end"), "{lines:#?}");
    }

    #[test]
    fn a_row_keeps_what_matters_of_its_steps() {
        let at = |op: &str, outcome: Option<&str>| Step {
            file: Some("lib.rs".into()),
            line: Some(3),
            object: Some("log".into()),
            outcome: outcome.map(str::to_owned),
            ..event("main", op, false)
        };
        let events = [
            at("lock", None),
            at("write", None),
            at("write", None),
            at("write", Some("fails")),
            at("unlock", None),
        ];
        let told: Vec<String> = fold(&events).iter().map(Row::operation).collect();
        assert_eq!(told, ["lock log, write log ×2", "write log: fails, unlock"]);
    }

    #[test]
    fn what_comes_again_and_again_is_shown_once() {
        let mut events = vec![event("main", "recv", false)];
        (0..5).for_each(|_| events.extend([event("main", "lock", false), event("main", "yield", false)]));
        let lines = draw(&Sources::default(), &events, Kind::BusyWait, 80);
        assert_eq!(lines[1..5], ["recv", "lock", "yield", "… these 2 rows again, 4 times"]);
    }

    #[test]
    fn a_call_that_has_to_wait_is_one_step() {
        let at =
            |blocked| Step { file: Some("lib.rs".into()), line: Some(3), ..event("main", "recv", blocked) };
        let events = [at(false), at(true)];
        let rows = fold(&events);
        assert_eq!((rows.len(), rows[0].operation().as_str()), (1, "▒ recv"));
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
