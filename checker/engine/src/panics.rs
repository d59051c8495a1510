//! Panics of simulated threads: whose they are, and that they are recorded.

use std::panic::{AssertUnwindSafe, Location, PanicHookInfo};
use std::sync::Once;

use crate::execution::{Exec, with, with_if_free};
use crate::report::Panic;
use crate::task::name_of;

/// Of a text that a program makes, more bytes than this are not kept: a program could panic with all of its memory.
pub const LONGEST_TEXT: usize = 64 << 10;

/// What a panic says, up to [`LONGEST_TEXT`].
pub fn message_of(info: &PanicHookInfo<'_>) -> String {
    let message = info.payload_as_str().unwrap_or("a value that is not text");
    message[..message.floor_char_boundary(LONGEST_TEXT)].to_owned()
}

/// Panics of simulated threads are recorded, not printed: the same one may happen in thousands of schedules.
pub(crate) fn install_hook() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let at = info.location();
            let message = message_of(info);
            let (file, line) =
                (at.map_or(String::new(), |l| l.file().to_owned()), at.map_or(0, Location::line));
            // The hook runs in the task that panics.
            let record = |ex: &mut Exec| {
                ex.running().panicking += 1;
                let (task, thread) = (ex.current, name_of(&ex.tasks, ex.current));
                let at = ex.running().last.1;
                ex.record("panics", 0, at, false);
                ex.panics.push(Panic { thread, task, message, file, line });
            };
            if with_if_free(record).is_none() {
                previous(info);
            }
        }));
    });
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
