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

/// As [`std::panic::set_hook`], but without effect: panics are recorded by the simulation.
pub fn set_hook(hook: Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send + 'static>) {
    drop(hook);
}

/// As [`std::panic::take_hook`]; the hook that it returns does nothing.
pub fn take_hook() -> Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send + 'static> {
    Box::new(|_| {})
}
