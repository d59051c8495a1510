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
//! # The feature `system`
//! That is another build, for people's own packages on their own machine. Files, the environment and processes are the real
//! ones there: `system/` has what differs. A real wait stops all simulated threads, since they share one of the system's. The
//! network, the panic hook and raw thread handles stay out of reach.
//!
//! # Why the `unsafe` here holds
//! All simulated threads of an execution share one OS thread and switch only at scheduling points, so
//! a cell that is read and written between two of them is never touched by two at once. The types are
//! `Sync` on that ground. Blocking outside an execution panics; nothing here is meant to be used there.

pub use ::std::*;

mod ends;
mod macros;
#[cfg(feature = "system")]
#[path = "system/program.rs"]
mod program;
mod refused;
mod shared;
mod statics;
mod told;

pub(crate) use refused::forbidden;

pub mod any;
pub mod backtrace;
pub mod collections;
#[cfg_attr(feature = "system", path = "system/env.rs")]
pub mod env;
#[cfg_attr(feature = "system", path = "system/fs.rs")]
pub mod fs;
pub mod hash;
pub mod hint;
pub mod io;
pub mod namesakes;
pub mod net;
pub mod os;
pub mod panic;
#[cfg_attr(feature = "system", path = "system/path.rs")]
pub mod path;
pub mod prelude;
#[cfg_attr(feature = "system", path = "system/process.rs")]
pub mod process;
pub mod sync;
pub mod thread;
pub mod time;
