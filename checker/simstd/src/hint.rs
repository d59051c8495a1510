//! Hints; a spin loop's lets another thread go first.

pub use ::std::hint::*;

/// As [`std::hint::spin_loop`]: another thread goes first, if there is one.
#[track_caller]
pub fn spin_loop() {
    engine::spin_point(::std::panic::Location::caller());
}
