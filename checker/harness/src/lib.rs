//! What an exercise's checks are written with.
//!
//! A check is one function that tests one clause of the contract. It is run in two ways, and the std
//! that the checks are compiled over decides which. Over `simstd`, every case runs in a simulated
//! execution, under many schedules, and nothing is left to luck: that is how the checker judges. Over
//! the real std, the cases run on real threads with a watchdog: that is `cargo test -p EXERCISE`.
//!
//! ```ignore
//! use harness::{Check, Meter, checks, expect_eq, input};
//!
//! checks! {
//!     1 => the_total_is_right;
//!     2 => never_more_than_workers_at_once;
//! }
//!
//! fn the_total_is_right(check: &Check) {
//!     check.forall(input::numbers(0..50, 0..=6), |numbers: Vec<u64>| {
//!         expect_eq("the total", my_crate::total(&numbers), numbers.iter().sum::<u64>());
//!     });
//! }
//! ```
//!
//! In a simulation time is virtual, and moves only when nothing else can run. So work that pauses
//! ([`pause`]) is a gate: when the pause is over, everything that could happen meanwhile has happened.
//! Probes count, they never time.

mod abort;
mod account;
mod cases;
mod check;
mod child;
mod classify;
mod decoy;
mod exhaustive;
mod expect;
mod exploration;
pub mod input;
mod memory;
mod own;
mod plain;
mod played;
mod probe;
#[cfg(feature = "real-threads")]
mod real;
mod search;
mod snapshot;
mod stale;
mod threads;
mod watchdog;

pub use check::{Check, Entry};
pub use expect::{
    catch, expect, expect_eq, expect_in_any_order, expect_in_time, expect_took, fail, panic_message,
};
pub use plain::Plain;
pub use probe::{
    Drops, Gate, Line, Meter, Page, Threads, beats, every_thread_has_finished, now, pause, pause_until,
    settle, threads_alive,
};

pub use protocol::Kind;

use std::any::TypeId;
use std::process::ExitCode;

/// Declares the checks of an exercise, by clause, in the order in which they are run. `simulated` after a
/// name says that the check can't be made on real threads, where it would depend on luck.
#[macro_export]
macro_rules! checks {
    ($($clause:literal => $name:ident $($only:ident)?;)*) => {
        #[allow(missing_docs)]
        pub fn main() -> ::std::process::ExitCode {
            $crate::main::<::std::thread::Thread>(&[$($crate::Entry {
                clause: $clause,
                name: stringify!($name),
                run: $name,
                simulated_only: $crate::checks!(@only $($only)?),
            }),*], file!())
        }
    };
    (@only simulated) => { true };
    (@only) => { false };
}

/// Runs the checks in the way that the std they were compiled over asks for; `T` is that std's `Thread`.
#[doc(hidden)]
pub fn main<T: 'static>(entries: &[Entry], checks_file: &str) -> ExitCode {
    if TypeId::of::<T>() == TypeId::of::<simstd::thread::Thread>() {
        child::main(entries)
    } else {
        on_real_threads(entries, checks_file)
    }
}

#[cfg(feature = "real-threads")]
fn on_real_threads(entries: &[Entry], checks_file: &str) -> ExitCode {
    real::main(entries, checks_file)
}

#[cfg(not(feature = "real-threads"))]
fn on_real_threads(_: &[Entry], _: &str) -> ExitCode {
    eprintln!("these checks were compiled for the simulation only");
    ExitCode::from(2)
}
