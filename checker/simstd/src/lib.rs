//! `std`, with threads, locks, channels, atomics, thread-locals and time under one deterministic scheduler.
//!
//! A crate that is compiled with this library under the name `std` runs unchanged inside
//! [`engine::execute`]: nothing in it waits for real, and every run is a function of its seed. What is
//! not redefined here is the real standard library's. What would reach past the simulation (files,
//! processes, the network) ends the execution with a finding.
//!
//! The documentation of the real items is the specification: same signatures, same errors, same panics.
//!
//! # What stays std's own
//! - `Arc` and `Weak`. Only std's may become an `Arc<dyn Trait>`, or the type of `self`, in stable Rust, so
//!   there can be no wrapper; and functions like `Arc::strong_count` are the type's own, so nothing can
//!   stand before them. Where a program is compiled with `-C passes=tsan`, as the checker does, their counts are
//!   scheduling points all the same: the engine's `interposed` says how.
//! - The methods of `Path` that look at the file system, for the same reason. The checker refuses a program
//!   that calls one.
//!
//! # Why the `unsafe` here holds
//! All simulated threads of an execution share one OS thread and switch only at scheduling points, so
//! a cell that is read and written between two of them is never touched by two at once. The types are
//! `Sync` on that ground. Blocking outside an execution panics; nothing here is meant to be used there.

pub use ::std::*;

mod macros;
mod shared;
mod statics;

pub mod any;
pub mod backtrace;
pub mod collections;
pub mod env;
pub mod fs;
pub mod hash;
pub mod hint;
pub mod io;
pub mod namesakes;
pub mod net;
pub mod os;
pub mod panic;
pub mod path;
pub mod prelude;
pub mod process;
pub mod sync;
pub mod thread;
pub mod time;
