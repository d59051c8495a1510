//! A task's stack: its frames, the learner's line among them, and the library's function that it stands in.

use std::path::Path;

use backtrace::{Frame, Symbol};

use crate::library;

/// The frames of a stack, innermost first, not yet looked up.
pub(crate) type Stack = Vec<Frame>;

/// A frame that can be looked up.
pub(crate) trait Look {
    /// Shows the functions that stand there: more than one where some are inlined.
    fn look(&self, see: &mut dyn FnMut(&Symbol));
}

impl Look for Frame {
    fn look(&self, see: &mut dyn FnMut(&Symbol)) {
        backtrace::resolve_frame(self, see);
    }
}

/// An instruction that a frame is at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Address(pub(crate) usize);

impl Look for Address {
    fn look(&self, see: &mut dyn FnMut(&Symbol)) {
        backtrace::resolve(self.0 as *mut _, see);
    }
}

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

/// What `file` is called, if it is the learner's. `source` is the end of one file's path, or a folder with a separator behind
/// it: then all files in it are the learner's, by their paths from there.
pub(crate) fn own_file(file: &Path, source: &str) -> Option<String> {
    if !source.ends_with(['/', '\\']) {
        return (!source.is_empty() && file.ends_with(source)).then(|| source.to_owned());
    }
    // rustc was started in the folder. But what is ours was compiled elsewhere, and has relative paths too.
    let inside = if file.is_relative() { file } else { file.strip_prefix(source).ok()? };
    let is_there = file.is_absolute() || Path::new(source).join(file).is_file();
    is_there.then(|| inside.to_string_lossy().into_owned())
}

/// The learner's line that led to a panic in `file`, if that runs for others and the stack has a line of the learner's at all.
pub(crate) fn learners_place(file: &str, stack: &Stack, source: &str) -> Option<(String, u32)> {
    let at = library::runs_for_others(file).then(|| locate(stack, source)).flatten();
    at.map(|located| located.at)
}

/// Where the learner's code is on a stack.
pub(crate) struct Located {
    /// The innermost line.
    pub(crate) at: (String, u32),
    /// The function that this line called.
    pub(crate) call: Option<String>,
    /// The line that called the function in which it stands.
    pub(crate) caller: Option<u32>,
}

/// The learner's innermost line on `stack`, with the function that it called and the line that it was called from.
pub(crate) fn locate<F: Look>(stack: &[F], source: &str) -> Option<Located> {
    if source.is_empty() {
        return None;
    }
    let mut below: Option<String> = None;
    let mut found: Option<Located> = None;
    for frame in stack {
        frame.look(&mut |symbol| {
            let own = symbol.filename().and_then(|file| own_file(file, source));
            match (own.zip(symbol.lineno()), &mut found) {
                (Some((file, line)), Some(located)) => {
                    if located.caller.is_none() && file == located.at.0 && line != located.at.1 {
                        located.caller = Some(line);
                    }
                }
                (Some(at), None) => {
                    let call = below.take().map(|name| short(&name));
                    found = Some(Located { at, call, caller: None });
                }
                (None, None) => below = symbol.name().map(|n| format!("{n:#}")),
                (None, Some(_)) => {}
            }
        });
        if found.as_ref().is_some_and(|located| located.caller.is_some()) {
            break;
        }
    }
    found
}

/// `{impl#3}::recv<u64>` as `recv`. With line tables alone, inlined frames have bare names.
fn short(name: &str) -> String {
    let plain = name.split('<').find(|part| !part.is_empty()).unwrap_or(name);
    plain.rsplit("::").find(|part| !part.is_empty()).unwrap_or(plain).to_owned()
}

/// What an idle thread of a pool waits for.
pub(crate) const IDLE: &str = "work to be given to its rayon pool";

/// What a park inside a library waits for: the package, the function, and the words. The
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
    let known =
        |(file, name): (&str, &str)| seen.iter().any(|(f, n)| library::package(f) == Some(file) && n == name);
    LIBRARIES.iter().find(|(file, name, _)| known((file, name))).map(|(_, _, words)| *words)
}

/// Where std's functions are that count references: of `Arc` and `Weak`, and of a `Waker` that is made from an `Arc`.
const ARC: &str = "/alloc/src/sync.rs";
const WAKER: [&str; 2] = ["/core/src/task/wake.rs", "/alloc/src/task.rs"];

/// What the lanes call those functions: their names, but for the two that are traits' functions.
const COUNTING: [(&str, &str); 19] = [
    ("strong_count", "strong_count"),
    ("weak_count", "weak_count"),
    ("upgrade", "upgrade"),
    ("downgrade", "downgrade"),
    ("try_unwrap", "try_unwrap"),
    ("into_inner", "into_inner"),
    ("unwrap_or_clone", "unwrap_or_clone"),
    ("get_mut", "get_mut"),
    ("is_unique", "is_unique"),
    ("make_mut", "make_mut"),
    ("new_cyclic", "new_cyclic"),
    ("new_cyclic_in", "new_cyclic"),
    ("increment_strong_count", "increment_strong_count"),
    ("increment_strong_count_in", "increment_strong_count"),
    ("decrement_strong_count", "decrement_strong_count"),
    ("decrement_strong_count_in", "decrement_strong_count"),
    ("drop_slow", "drop Arc"),
    ("wake", "wake"),
    ("wake_by_ref", "wake_by_ref"),
];

/// What the lanes call the function `name` of std, if it is one that counts references.
fn counting_function(file: &str, name: &str, is_weak: bool) -> Option<&'static str> {
    let is_waker = WAKER.iter().any(|place| file.ends_with(place));
    if !is_waker && !file.ends_with(ARC) {
        return None;
    }
    // With line tables alone there is no type in a name: which count it is tells the one from the other.
    Some(match (name, is_waker, is_weak) {
        ("clone" | "clone_waker", true, _) => "clone Waker",
        ("drop" | "drop_waker", true, _) => "drop Waker",
        ("clone", false, false) => "clone Arc",
        ("clone", false, true) => "clone Weak",
        ("drop", false, false) => "drop Arc",
        ("drop", false, true) => "drop Weak",
        _ => COUNTING.iter().find(|(function, _)| *function == name)?.1,
    })
}

fn is_of_std_itself(file: &str) -> bool {
    ["/library/alloc/", "/library/core/", "/library/std/"].iter().any(|folder| file.contains(folder))
}

/// The operation on an `Arc`, a `Weak` or a `Waker` that the program called, one of whose instructions is the innermost
/// frame; `is_weak` says that it is on the count of the weak ones.
pub(crate) fn counting(stack: &Stack, is_weak: bool) -> Option<&'static str> {
    let mut called = None;
    for frame in stack {
        let mut is_of_std = called.is_none();
        backtrace::resolve_frame(frame, |symbol| {
            let (Some(file), Some(name)) = (symbol.filename(), symbol.name()) else { return };
            let file = file.to_string_lossy().replace('\\', "/");
            is_of_std |= is_of_std_itself(&file);
            called = counting_function(&file, &short(&format!("{name:#}")), is_weak).or(called);
        });
        if !is_of_std {
            break;
        }
    }
    called
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_the_learners_by_its_end_or_by_its_folder() {
        let own = |file: &str, source: &str| own_file(Path::new(file), source);
        assert_eq!(own("/lab/a/src/lib.rs", "a/src/lib.rs").as_deref(), Some("a/src/lib.rs"));
        assert_eq!(own("/lab/b/src/lib.rs", "a/src/lib.rs"), None);
        assert_eq!(own("/lab/a/src/lib.rs", "/lab/").as_deref(), Some("a/src/lib.rs"));
        let here = concat!(env!("CARGO_MANIFEST_DIR"), "/");
        assert_eq!(own("src/stack.rs", here).as_deref(), Some("src/stack.rs"));
        assert_eq!(own("src/elsewhere.rs", here), None);
        assert_eq!(own("/home/ada/.cargo/registry/src/flume-0.12.0/src/lib.rs", "/lab/"), None);
        assert_eq!(own("/lab/a/src/lib.rs", ""), None);
    }
}
