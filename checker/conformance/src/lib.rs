//! What the commands of this package share.

pub mod process;
