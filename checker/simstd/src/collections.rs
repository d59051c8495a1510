//! Collections; hash maps and sets iterate in the same order in every run.

pub use ::std::collections::*;
