//! Where a task stands, in the learner's own lines: through the frames of std, crossbeam and rayon.

use std::time::Duration;

use backtrace::Frame;

use crate::exec::Exec;
use crate::report::{Event, ThreadReport};
use crate::task::NEVER;
use crate::{Loc, TaskId};

/// A long trace keeps this many events of its beginning
const FIRST_EVENTS: usize = 600;
/// and this many of its end.
const LAST_EVENTS: usize = 100;
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

/// `{impl#3}::recv<u64>` as `recv`. With line tables alone, inlined frames have bare names.
fn short(name: &str) -> String {
    let plain = name.split('<').find(|part| !part.is_empty()).unwrap_or(name);
    plain.rsplit("::").find(|part| !part.is_empty()).unwrap_or(plain).to_owned()
}

/// What an idle thread of a pool waits for.
const IDLE: &str = "work to be given to its rayon pool";

/// What a park inside a library waits for: part of the file's path, the function, and the words. The
/// first that is anywhere on the stack counts.
const LIBRARIES: [(&str, &str, &str); 15] = [
    ("crossbeam-channel", "select", "one of several channel operations"),
    ("crossbeam-channel", "recv", "a message on a channel"),
    ("crossbeam-channel", "recv_timeout", "a message on a channel"),
    ("crossbeam-channel", "recv_deadline", "a message on a channel"),
    ("crossbeam-channel", "send", "room in a channel"),
    ("crossbeam-channel", "send_timeout", "room in a channel"),
    ("crossbeam-utils", "wait", "a WaitGroup to be released"),
    ("crossbeam-utils", "scope", "the threads of its scope to finish"),
    ("rayon-core", "join_context", "the other half of a rayon join"),
    ("rayon-core", "broadcast", "every thread of a rayon pool to run"),
    ("rayon-core", "complete", "the tasks of a rayon scope to finish"),
    ("rayon-core", "main_loop", IDLE),
    ("rayon-core", "in_worker_cold", "a rayon pool to finish its work"),
    ("rayon-core", "in_worker_cross", "a rayon pool to finish its work"),
    ("rayon-core", "drop", "a rayon pool to shut down"),
];

fn inside_library(stack: &Stack) -> Option<&'static str> {
    let mut seen: Vec<(String, String)> = Vec::new();
    for frame in stack {
        backtrace::resolve_frame(frame, |symbol| {
            if let (Some(file), Some(name)) = (symbol.filename(), symbol.name()) {
                seen.push((file.to_string_lossy().into_owned(), short(&format!("{name:#}"))));
            }
        });
    }
    let known = |(file, name): (&str, &str)| seen.iter().any(|(f, n)| f.contains(file) && n == name);
    LIBRARIES.iter().find(|(file, name, _)| known((file, name))).map(|(_, _, words)| *words)
}

pub(crate) fn thread(exec: &Exec, id: TaskId, blocked: bool, source: &str) -> ThreadReport {
    let task = &exec.tasks[id as usize];
    let located = task.stack.as_ref().and_then(|stack| locate(stack, source));
    let fallback = task.waiting.map_or(task.last.1, |w| w.at);
    let (at, call) = match located {
        Some((at, call)) => (Some(at), call),
        None => {
            let at = if fallback.file().ends_with(source) || source.is_empty() {
                fallback
            } else {
                task.spawned_at
            };
            (Some((at.file().to_owned(), at.line())), None)
        }
    };
    let waiting_for = task.waiting.filter(|_| blocked).map(|w| {
        // SAFETY: the holder's cell is a field of an object that the blocked task borrows.
        let holder = w.holder.map(|h| unsafe { (*h).get() });
        match (w.task, holder) {
            (Some(other), _) => format!("`{}` to finish", exec.name_of(other)),
            (None, Some(h)) if h != u32::MAX && h == id => format!("{} that it holds itself", w.what),
            (None, Some(h)) if h != u32::MAX => format!("{} held by `{}`", w.what, exec.name_of(h)),
            _ => task.stack.as_ref().and_then(inside_library).unwrap_or(w.what).to_owned(),
        }
    });
    let idle = task.of_rayon && waiting_for.as_deref().is_none_or(|w| w == IDLE);
    let timed = blocked && task.deadline != NEVER;
    ThreadReport { name: exec.name_of(id), at, waiting_for, timed, call, infrastructure: idle }
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

/// All that has happened, as long as it is not too much.
#[derive(Default)]
pub(crate) struct Trace {
    pub(crate) events: Vec<(Event, Option<Stack>)>,
    objects: Vec<usize>,
}

impl Exec {
    pub(crate) fn record(&mut self, op: &'static str, object: usize, at: Loc, blocked: bool) {
        let task = self.current;
        let time = Duration::from_nanos(self.clock.now);
        if let Some(trace) = &mut self.trace {
            let object = if object == 0 {
                0
            } else {
                let known = trace.objects.iter().position(|o| *o == object);
                known.unwrap_or_else(|| {
                    trace.objects.push(object);
                    trace.objects.len() - 1
                }) as u32
                    + 1
            };
            let place = Some((at.file().to_owned(), at.line()));
            if trace.events.len() == FIRST_EVENTS + LAST_EVENTS {
                trace.events.remove(FIRST_EVENTS);
            }
            trace.events.push((Event { task, op, object, at: place, time, blocked }, Some(capture())));
        }
    }
}
