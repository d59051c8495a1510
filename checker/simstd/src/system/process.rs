//! Real processes. To wait for one stops all simulated threads until it ends. To end this process ends the execution.

pub use ::std::process::*;

pub use crate::ends::{abort, exit};
