//! The crates that learner code may use. The checker builds this package with `simstd` in the place of `std`
//! and hands the resulting libraries to the learner's crate; a crate listed here is usable in every exercise.

pub use crossbeam;
pub use rayon;
