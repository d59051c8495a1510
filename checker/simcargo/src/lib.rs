//! `cargo test` of any package over the simulated standard library, with nothing of the package changed.
//!
//! [`StandIns`] builds what stands in for `std`, `core` and `test`. [`StandIns::build`] has cargo compile a
//! package and its dependencies over them, in a target directory of its own. [`Program::run`] runs the tests of
//! a program that was built so, each under many schedules, in a process that may crash or hang. [`explore`] looks into
//! what goes wrong, and counts how often it does.

mod build;
mod child;
mod crew;
mod exploration;
mod program;
mod stand_ins;

pub use build::{CompileError, Package, Target};
pub use crew::explore;
pub use exploration::{Outcome, Plan};
pub use program::{Ending, Program, Schedules, TestResult};
pub use stand_ins::{Abilities, StandIns};
