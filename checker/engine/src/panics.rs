//! Panics of simulated threads: whose they are, and that they are recorded.
//!
//! The documentation of [`exec`](crate::exec) says why the `unsafe` holds.

use std::panic::{AssertUnwindSafe, Location};
use std::sync::Once;

use crate::exec::{exec, of};
use crate::report::Panic;

/// Panics of simulated threads are recorded, not printed: the same one may happen in thousands of schedules.
pub(crate) fn install_hook() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let Some(ex) = exec() else { return previous(info) };
            // SAFETY: module documentation; the hook runs in the task that panics.
            unsafe {
                let id = of(ex).current;
                let name = of(ex).name_of(id);
                of(ex).tasks[id as usize].panicking += 1;
                let at = info.location();
                of(ex).panics.push(Panic {
                    thread: name,
                    task: id,
                    message: info.payload_as_str().unwrap_or("a value that is not text").to_owned(),
                    file: at.map_or(String::new(), |l| l.file().to_owned()),
                    line: at.map_or(0, Location::line),
                });
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
    // SAFETY: module documentation.
    exec().map_or_else(std::thread::panicking, |ex| unsafe {
        of(ex).tasks[of(ex).current as usize].panicking > 0
    })
}

/// The running task begins to unwind.
pub fn mark_panicking() {
    if let Some(ex) = exec() {
        // SAFETY: module documentation.
        unsafe { of(ex).tasks[of(ex).current as usize].panicking += 1 }
    }
}

/// The running task has been caught unwinding.
pub fn unmark_panicking() {
    if let Some(ex) = exec() {
        // SAFETY: module documentation.
        unsafe {
            let count = &mut of(ex).tasks[of(ex).current as usize].panicking;
            *count = count.saturating_sub(1);
        }
    }
}
