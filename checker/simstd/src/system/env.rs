//! The real environment, arguments and current folder. They belong to the whole process, so what is changed there outlives a
//! schedule.

pub use ::std::env::*;
