//! The real files. Times of files are the real `SystemTime`s, which can't be compared with the virtual ones.

pub use ::std::fs::*;
