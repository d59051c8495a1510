//! Panics of simulated threads: whose they are, and that they are recorded.

use std::panic::{AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

use crate::execution::{Exec, with, with_if_free};
use crate::report::Panic;
use crate::stack::{Stack, capture, learners_place};
use crate::task::name_of;

/// Of a text that a program makes, more bytes than this are not kept: a program could panic with all of its memory.
pub const LONGEST_TEXT: usize = 64 << 10;

/// What a panic says, up to [`LONGEST_TEXT`].
pub fn message_of(info: &PanicHookInfo<'_>) -> String {
    let message = info.payload_as_str().unwrap_or("a value that is not text");
    message[..message.floor_char_boundary(LONGEST_TEXT)].to_owned()
}

fn place_of(info: &PanicHookInfo<'_>) -> (String, u32) {
    info.location().map_or((String::new(), 0), |at| (at.file().to_owned(), at.line()))
}

/// Panics of simulated threads are recorded, not printed: the same one may happen in thousands of schedules.
pub(crate) fn install_hook() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let message = message_of(info);
            let (file, line) = place_of(info);
            // The hook runs in the task that panics.
            let record = |ex: &mut Exec| {
                ex.running().panicking += 1;
                let (task, thread) = (ex.current, name_of(&ex.tasks, ex.current));
                let at = ex.running().last.1;
                ex.record("panics", 0, at, false);
                let stack = ex.explains.then(capture);
                ex.panics.push((Panic { thread, task, message, file, line }, stack));
            };
            if with_if_free(record).is_none() {
                previous(info);
            }
        }));
    });
}

/// Where a panic began, for a hook that may have to say it.
#[derive(Debug)]
pub struct Origin {
    file: String,
    line: u32,
    stack: Stack,
}

impl Origin {
    /// That of the panic whose hook is running.
    pub fn of(info: &PanicHookInfo<'_>) -> Self {
        let (file, line) = place_of(info);
        Self { file, line, stack: capture() }
    }

    /// The file and line of the panic, or the learner's that led there. `source` is the end of the learner's file's path.
    pub fn place(&self, source: &str) -> (String, u32) {
        learners_place(&self.file, &self.stack, source).unwrap_or_else(|| (self.file.clone(), self.line))
    }
}

/// Runs `f` and catches a panic, keeping count of who is panicking.
///
/// # Errors
/// The payload of the panic.
pub fn catching<R>(f: impl FnOnce() -> R) -> std::thread::Result<R> {
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(f));
    if outcome.is_err() {
        unmark_panicking();
    }
    outcome
}

/// Whether the running task is unwinding.
pub fn panicking() -> bool {
    with(|ex| ex.running().panicking > 0).unwrap_or_else(std::thread::panicking)
}

/// The running task begins to unwind.
pub fn mark_panicking() {
    with(|ex| ex.running().panicking += 1);
}

/// The running task has been caught unwinding.
pub fn unmark_panicking() {
    with(|ex| {
        let count = &mut ex.running().panicking;
        *count = count.saturating_sub(1);
    });
}
