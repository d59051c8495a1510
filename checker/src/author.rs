//! What an author of exercises asks: whether all parts are there, and whether each program gets its verdict.

pub mod complete;
pub mod edition;
pub mod layout;
pub mod measure;
pub mod mutants;
mod survivors;
pub mod verify;
