//! A task's stack: its frames, the learner's line among them, and the library's function that it stands in.

use backtrace::Frame;

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
pub(crate) fn locate(stack: &Stack, source: &str) -> Option<((String, u32), Option<String>)> {
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
pub(crate) const IDLE: &str = "work to be given to its rayon pool";

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

pub(crate) fn inside_library(stack: &Stack) -> Option<&'static str> {
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
