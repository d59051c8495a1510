//! What the objects of a run are called: as the source calls them, and by a number where it has no name for them.

use crate::verdict::{Check, Finding, Step};
use std::collections::{BTreeMap, BTreeSet};

/// Reads one line of a source file.
pub type Line<'a> = &'a dyn Fn(&str, u32) -> Option<String>;

/// Operations that are done to nothing a learner has a name for.
const WITHOUT_OBJECT: [&str; 8] =
    ["spawn", "join", "scope ends", "work", "settle", "panics", "read data", "write data"];

/// Names the objects in the steps of every finding of a verdict. What has no name has the same number in all of them.
pub fn give(checks: &mut [Check], line: Line<'_>) {
    let mut numbers = Numbers::default();
    for finding in checks.iter_mut().filter_map(|check| check.finding.as_mut()) {
        name(finding, line, &mut numbers);
    }
}

/// Whether an operation is done to something that may have a name.
pub fn has_object(op: &str) -> bool {
    !WITHOUT_OBJECT.contains(&op)
}

/// The names of the objects in the steps of one run, by their numbers in it.
pub fn of(steps: &[Step], line: Line<'_>) -> BTreeMap<String, String> {
    let named = names(steps, line, &mut Numbers::default());
    named.into_iter().map(|(object, (name, _))| (object, name)).collect()
}

/// Objects without a name, by where and how they are met first.
#[derive(Default)]
struct Numbers(BTreeMap<(String, Option<u32>, String), usize>);

impl Numbers {
    fn of(&mut self, step: &Step) -> usize {
        let key = (step.file.clone().unwrap_or_default(), step.line, step.op.clone());
        let next = self.0.len() + 1;
        *self.0.entry(key).or_insert(next)
    }
}

fn name(finding: &mut Finding, line: Line<'_>, numbers: &mut Numbers) {
    let Some(schedule) = &mut finding.schedule else { return };
    let names = names(&schedule.events, line, numbers);
    for step in &mut schedule.events {
        if step.object.as_ref().is_some_and(|object| !object.starts_with('#')) {
            continue;
        }
        let known = step.object.as_ref().and_then(|object| names.get(object));
        let known = known.filter(|_| has_object(&step.op));
        step.object = known.map(|(name, other)| match (is_end_of_channel(&step.op), other) {
            // The end that has no name is told by the other one's.
            (Some(true), Some(false)) => format!("from {name}"),
            (Some(false), Some(true)) => format!("to {name}"),
            _ => name.clone(),
        });
        // "drop sender sender" says nothing more.
        let repeats = step.object.as_ref().is_some_and(|name| step.op == format!("drop {name}"));
        step.object = step.object.take().filter(|_| !repeats);
        if let (Some(object), true) = (&mut step.object, step.op.starts_with("drop ")) {
            *object = object.replace("from ", "of ").replace("to ", "of ");
        }
    }
    for thread in &mut finding.threads {
        let last = schedule.events.iter().rev().find(|step| step.thread == thread.name);
        let object = last.filter(|step| step.blocked).and_then(|step| step.object.as_ref());
        let (Some(what), Some(object)) = (&mut thread.waiting_for, object) else { continue };
        let object = object.trim_start_matches("from ").trim_start_matches("to ");
        if object.starts_with('#') {
            continue;
        }
        let before = format!("`{}` waits for {what}", thread.name);
        for sort in ["Condvar", "Mutex", "RwLock", "channel"] {
            *what = what.replace(&format!(" a {sort}"), &format!(" the {sort} `{object}`"));
            if let Some(rest) = what.strip_prefix(&format!("a {sort}")) {
                *what = format!("the {sort} `{object}`{rest}");
            }
        }
        finding.message = finding.message.replace(&before, &format!("`{}` waits for {what}", thread.name));
    }
}

/// The name of each object; of a channel also the end whose name it is.
fn names(events: &[Step], line: Line<'_>, numbers: &mut Numbers) -> BTreeMap<String, (String, Option<bool>)> {
    let mut objects: Vec<&str> = Vec::new();
    // What is not a number is a name already.
    let numbered = |object: &&str| object.starts_with('#');
    for object in events.iter().filter_map(|step| step.object.as_deref()).filter(numbered) {
        if !objects.contains(&object) {
            objects.push(object);
        }
    }
    let mut taken: BTreeSet<(String, String)> = BTreeSet::new();
    let mut names = BTreeMap::new();
    for object in objects {
        let own = || events.iter().filter(|step| step.object.as_deref() == Some(object));
        // A channel has two ends, and a name at each: that of the one who receives counts.
        let received = own().filter(|step| step.op.contains("recv"));
        let mut end = None;
        let found = received.chain(own()).find_map(|step| {
            end = is_end_of_channel(&step.op);
            let text = line(step.file.as_deref()?, step.line?)?;
            let above = step.line?.checked_sub(1).and_then(|above| line(step.file.as_deref()?, above));
            called(&step.op, &text, above.as_deref().unwrap_or_default())
        });
        let sort = own().next().map_or("", |step| sort(&step.op));
        let name = match found {
            // The same field of two values.
            Some(name) => {
                let again =
                    |number: usize| if number == 1 { name.clone() } else { format!("{name} {number}") };
                (1..)
                    .map(again)
                    .find(|name| !taken.contains(&(sort.to_owned(), name.clone())))
                    .unwrap_or_default()
            }
            None => own().next().map_or_else(String::new, |first| format!("#{}", numbers.of(first))),
        };
        taken.insert((sort.to_owned(), name.clone()));
        let end = end.filter(|_| !name.starts_with('#'));
        names.insert(object.to_owned(), (name, end));
    }
    names
}

/// What an operation is done to: two of different sorts may have one name, as a Mutex and what is in it.
fn sort(op: &str) -> &'static str {
    match op {
        "lock" | "unlock" | "try_lock" | "lock again" => "lock",
        "wait" | "notify_one" | "notify_all" => "Condvar",
        "write" => "writer",
        _ if op.ends_with("Arc") => "Arc",
        _ if is_end_of_channel(op).is_some() => "channel",
        _ => "other",
    }
}

/// Whether `op` is done to the receiver of a channel, or else to a sender.
fn is_end_of_channel(op: &str) -> Option<bool> {
    match op {
        "recv" | "try_recv" | "recv_timeout" | "drop receiver" => Some(true),
        "send" | "try_send" | "drop sender" => Some(false),
        _ => None,
    }
}

/// What the call of `op` in `text` is made on, if that can be told; `above` is the line before.
fn called(op: &str, text: &str, above: &str) -> Option<String> {
    if op == "write" {
        let macros = ["writeln!(", "write!("].into_iter();
        let named = macros.filter_map(|start| text.split_once(start)).map(|(_, rest)| rest).next();
        if let Some(rest) = named {
            let name: String =
                rest.trim_start_matches(['&', '*']).chars().take_while(|c| is_name(*c)).collect();
            return Some(name).filter(|name| !name.is_empty() && name != "self" && name != "mut");
        }
    }
    if op == "clone Arc"
        && let Some((_, rest)) = text.split_once("Arc::clone(&")
    {
        let path: String = rest.chars().take_while(|c| is_name(*c) || *c == '.').collect();
        return path.rsplit('.').next().filter(|name| !name.is_empty()).map(str::to_owned);
    }
    let call = if op == "clone Arc" { ".clone(".to_owned() } else { format!(".{op}") };
    let mut found: Option<String> = None;
    for (place, _) in text.match_indices(&call) {
        let rest = &text[place + call.len()..];
        // `wait_while` and `wait_timeout` are waits as well.
        if !call.ends_with('(') && !rest.starts_with(['(', '_']) {
            continue;
        }
        let before = text[..place].trim_end();
        let name = on_what(if before.is_empty() { above.trim_end() } else { before })?;
        if found.as_ref().is_some_and(|found| *found != name) {
            return None;
        }
        found = Some(name);
    }
    found
}

/// The name at the end of an expression, with its index if it has one.
fn on_what(expression: &str) -> Option<String> {
    let (body, index) = match expression.strip_suffix(']').and_then(|open| open.rsplit_once('[')) {
        Some((body, index)) => (body, format!("[{index}]")),
        None => (expression, String::new()),
    };
    let name: String = body.chars().rev().take_while(|c| is_name(*c)).collect();
    let name: String = name.chars().rev().collect();
    let is_one = name != "self" && name.chars().next().is_some_and(|c| !c.is_ascii_digit());
    is_one.then_some(name + &index)
}

fn is_name(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_called_as_the_source_calls_it() {
        let one = |op: &str, text: &str| called(op, text, "");
        assert_eq!(one("lock", "let mut state = self.state.lock().unwrap();").as_deref(), Some("state"));
        assert_eq!(one("wait", "state = self.room.wait(state).unwrap();").as_deref(), Some("room"));
        assert_eq!(one("wait", "filled.wait_while(state, |s| s.is_empty())").as_deref(), Some("filled"));
        assert_eq!(one("lock", "let fork = forks[left].lock().unwrap();").as_deref(), Some("forks[left]"));
        assert_eq!(one("recv", "let next = queue.lock().unwrap().recv();"), None);
        assert_eq!(one("clone Arc", "let mine = Arc::clone(&self.tray);").as_deref(), Some("tray"));
        assert_eq!(one("write", "writeln!(log, \"{done}\")?;").as_deref(), Some("log"));
        assert_eq!(called("lock", ".lock()", "let state = self.state").as_deref(), Some("state"));
    }

    #[test]
    fn two_names_at_one_line_are_none() {
        assert_eq!(called("lock", "swap(&mut left.lock(), &mut right.lock())", ""), None);
        assert_eq!(called("store", "let store = 3;", ""), None);
    }
}
