//! What the checker and a check program say to each other: a request in one line, and a line for each thing that happens.
//!
//! Both sides are compiled from this, the checker as it is and the check program over the base, so they can't differ.

#[cfg(feature = "engine")]
pub mod account;
mod decoy;
mod explored;
mod finding;
mod played;
#[cfg(feature = "requests")]
mod request;

pub use crate::decoy::Decoy;
pub use explored::Explored;
pub use finding::{
    Check, Exhausted, Finding, Kind, Moment, Schedule, Status, Step, Thread, UnknownKind, threads,
};
pub use played::{Play, Played, Point, Stand, Standing};
#[cfg(feature = "requests")]
pub use request::{Cut, Event, Hunt, Listed, Request};
