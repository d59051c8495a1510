//! Paths, and the real current folder.

pub use ::std::path::*;
