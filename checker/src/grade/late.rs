//! Whether something came late.

use serde::{Deserialize, Serialize};

/// Whether it came late, by the LMS's own words. A file's time says nothing about it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Late {
    #[default]
    Unknown,
    /// The LMS marks late ones, and not this one.
    No,
    Yes,
    /// The moment at which it was handed in, with its offset.
    At(String),
}
