//! A new version of the course, taken in around what the learner wrote.
//!
//! Everything is worked out and written down before the first file changes (`plan.rs`), so that an update that was interrupted is
//! gone on with, and ends as if it had not been. What is under way lies in `.workbook/update`.

#[cfg(feature = "rare")]
mod apply;
#[cfg(feature = "rare")]
mod git;
mod pending;
#[cfg(feature = "rare")]
mod plan;
#[cfg(feature = "rare")]
mod source;
#[cfg(feature = "rare")]
mod taking_in;
#[cfg(all(test, feature = "rare"))]
mod tests;
mod tree;

pub use pending::is_half_done;
#[cfg(feature = "rare")]
pub use pending::{Changed, Pending};
#[cfg(feature = "rare")]
pub use taking_in::{Wish, take_in};
pub use tree::remember;
