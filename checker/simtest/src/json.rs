//! JSON by hand: what test programs say is little, and a crate for it would be in sight of all that they are compiled from.
//!
//! A crate that is linked takes part in what rustc infers. serde_json lets a number be compared with a JSON value, and then
//! `total == numbers.iter().sum()` has two meanings.

use std::fmt::Write;

use protocol::{Explored, Finding, Schedule, Step, Thread};

/// As a string of JSON.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            c if (c as u32) < 0x20 => {
                let _ = write!(quoted, "\\u{:04x}", c as u32);
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// An object, field by field. What is `None` is left out.
#[derive(Default)]
struct Object(String);

impl Object {
    fn field(mut self, key: &str, value: Option<String>) -> Self {
        if let Some(value) = value {
            let before = if self.0.is_empty() { "" } else { "," };
            let _ = write!(self.0, "{before}\"{key}\":{value}");
        }
        self
    }

    fn text(self, key: &str, text: Option<&String>) -> Self {
        self.field(key, text.map(|text| quoted(text)))
    }

    fn number(self, key: &str, number: impl Into<Option<u64>>) -> Self {
        self.field(key, number.into().map(|number| number.to_string()))
    }

    fn list<T>(self, key: &str, items: &[T], item: impl Fn(&T) -> String) -> Self {
        let items: Vec<String> = items.iter().map(item).collect();
        self.field(key, Some(format!("[{}]", items.join(","))))
    }

    fn end(self) -> String {
        format!("{{{}}}", self.0)
    }
}

/// In the shape that [`protocol`] has for it.
pub(crate) fn explored(explored: &Explored) -> String {
    Object::default()
        .number("schedules", explored.schedules)
        .number("wrong", explored.wrong)
        .number("steps", explored.steps)
        .number("interleavings", explored.interleavings)
        .field("finding", explored.finding.as_ref().map(finding))
        .text("first", explored.first.as_ref())
        .list("left", &explored.left, thread)
        .end()
}

fn finding(finding: &Finding) -> String {
    Object::default()
        .field("kind", Some(quoted(finding.kind.name())))
        .text("message", Some(&finding.message))
        .number("seed", finding.seed)
        .list("threads", &finding.threads, thread)
        .text("printed", finding.printed.as_ref())
        .field("schedule", finding.schedule.as_ref().map(schedule))
        .end()
}

fn thread(thread: &Thread) -> String {
    Object::default()
        .text("name", Some(&thread.name))
        .text("file", thread.file.as_ref())
        .number("line", thread.line.map(u64::from))
        .text("waiting_for", thread.waiting_for.as_ref())
        .number("caller", thread.caller.map(u64::from))
        .end()
}

fn schedule(schedule: &Schedule) -> String {
    Object::default()
        .number("switches", schedule.switches)
        .number("steps", schedule.steps)
        .number("time_ns", schedule.time_ns)
        .list("events", &schedule.events, step)
        .end()
}

fn step(step: &Step) -> String {
    Object::default()
        .text("thread", Some(&step.thread))
        .text("op", Some(&step.op))
        .text("outcome", step.outcome.as_ref())
        .text("object", step.object.as_ref())
        .text("file", step.file.as_ref())
        .number("line", step.line.map(u64::from))
        .number("time_ns", step.time_ns)
        .field("blocked", Some(step.blocked.to_string()))
        .end()
}
