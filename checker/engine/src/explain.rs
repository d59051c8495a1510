//! Where a task stands, in the learner's own lines: through the frames of std, crossbeam and rayon.

use backtrace::Frame;

use crate::TaskId;
use crate::exec::Exec;
use crate::report::{Event, ThreadReport};

/// The frames of a stack, innermost first, not yet looked up.
pub(crate) type Stack = Vec<Frame>;

/// Deep enough to get through rayon's join frames to the learner's.
const DEPTH: usize = 200;

pub(crate) fn capture() -> Stack {
    let mut frames = Vec::with_capacity(48);
    backtrace::trace(|frame| {
        frames.push(frame.clone());
        frames.len() < DEPTH
    });
    frames
}

/// The learner's innermost line on `stack`, and the function that it called.
fn locate(stack: &Stack, source: &str) -> Option<((String, u32), Option<String>)> {
    if source.is_empty() {
        return None;
    }
    let mut below: Option<String> = None;
    let mut found = None;
    for frame in stack {
        backtrace::resolve_frame(frame, |symbol| {
            if found.is_some() {
                return;
            }
            let is_learners = symbol.filename().is_some_and(|f| f.ends_with(source));
            match symbol.lineno() {
                Some(line) if is_learners => found = Some((source.to_owned(), line)),
                _ => below = symbol.name().map(|n| format!("{n:#}")),
            }
        });
        if found.is_some() {
            break;
        }
    }
    found.map(|at| (at, below.map(|n| short(&n))))
}

/// `crossbeam_channel::channel::Receiver<T>::recv` as `Receiver::recv`.
fn short(name: &str) -> String {
    let mut plain = String::new();
    let mut depth = 0;
    for c in name.chars() {
        match c {
            '<' => depth += 1,
            '>' => depth -= 1,
            _ if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    let parts: Vec<&str> = plain.split("::").filter(|p| !p.is_empty()).collect();
    parts[parts.len().saturating_sub(2)..].join("::")
}

/// What a park inside a library waits for, by the library's function on the stack.
fn through_library(stack: &Stack) -> Option<&'static str> {
    const KNOWN: [(&str, &str); 10] = [
        ("crossbeam_channel::select", "one of several channel operations"),
        ("crossbeam_channel::channel::Receiver", "a message on a channel"),
        ("crossbeam_channel::channel::Sender", "room in a channel"),
        ("crossbeam_utils::sync::wait_group", "a WaitGroup to be released"),
        ("crossbeam_utils::thread", "scoped threads to finish"),
        ("rayon_core::thread_pool", "work in a rayon pool to finish"),
        ("rayon_core::scope", "the tasks of a rayon scope to finish"),
        ("rayon_core::join", "the other half of a rayon join"),
        ("rayon_core::registry::ThreadBuilder", "work to be given to a rayon pool"),
        ("rayon_core::registry", "work in a rayon pool to finish"),
    ];
    for frame in stack {
        let mut found = None;
        backtrace::resolve_frame(frame, |symbol| {
            if let Some(name) = symbol.name() {
                let name = format!("{name:#}");
                let name = name.trim_start_matches('<');
                found = found.or(KNOWN.iter().find(|(part, _)| name.starts_with(part)).map(|(_, what)| *what));
            }
        });
        if found.is_some() {
            return found;
        }
    }
    None
}

pub(crate) fn thread(exec: &Exec, id: TaskId, blocked: bool, source: &str) -> ThreadReport {
    let task = &exec.tasks[id as usize];
    let located = task.stack.as_ref().and_then(|stack| locate(stack, source));
    let fallback = task.waiting.map_or(task.last.1, |w| w.at);
    let (at, call) = match located {
        Some((at, call)) => (Some(at), call),
        None => {
            let at = if fallback.file().ends_with(source) || source.is_empty() { fallback } else { task.spawned_at };
            (Some((at.file().to_owned(), at.line())), None)
        }
    };
    let waiting_for = task.waiting.filter(|_| blocked).map(|w| {
        // SAFETY: the holder's cell is a field of an object that the blocked task borrows.
        let holder = w.holder.map(|h| unsafe { (*h).get() });
        match (w.task, holder) {
            (Some(other), _) => format!("thread `{}` to finish", exec.name_of(other)),
            (None, Some(h)) if h != u32::MAX && h == id => format!("{} that it holds itself", w.what),
            (None, Some(h)) if h != u32::MAX => format!("{} held by `{}`", w.what, exec.name_of(h)),
            _ => task.stack.as_ref().and_then(through_library).unwrap_or(w.what).to_owned(),
        }
    });
    ThreadReport { name: exec.name_of(id), at, waiting_for, call, infrastructure: task.infrastructure }
}

pub(crate) fn events(events: Vec<(Event, Option<Stack>)>, source: &str) -> Vec<Event> {
    events
        .into_iter()
        .map(|(mut event, stack)| {
            let located = stack.as_ref().and_then(|stack| locate(stack, source));
            match located {
                Some((at, _)) => event.at = Some(at),
                None => event.at = event.at.filter(|(file, _)| !source.is_empty() && file.ends_with(source)),
            }
            event
        })
        .collect()
}
