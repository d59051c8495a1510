//! Catching and resuming panics, with the count of who is panicking kept for each simulated thread.

use ::std::any::Any;
pub use ::std::panic::*;

/// As [`std::panic::catch_unwind`].
///
/// # Errors
/// The payload of the panic.
pub fn catch_unwind<F: FnOnce() -> R + UnwindSafe, R>(f: F) -> ::std::thread::Result<R> {
    engine::catching(f)
}

/// As [`std::panic::resume_unwind`].
///
/// # Panics
/// Always, with `payload`, without calling the panic hook.
pub fn resume_unwind(payload: Box<dyn Any + Send>) -> ! {
    engine::mark_panicking();
    ::std::panic::resume_unwind(payload)
}

/// Ends the execution: the panic hook belongs to the whole process.
#[track_caller]
pub fn set_hook(hook: Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send + 'static>) {
    drop(hook);
    crate::forbidden("replaces the panic hook", Location::caller())
}

/// Ends the execution: the panic hook belongs to the whole process.
#[track_caller]
pub fn take_hook() -> Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send + 'static> {
    crate::forbidden("removes the panic hook", Location::caller())
}
