//! What many schedules of one test of somebody's own package have shown.

use serde::{Deserialize, Serialize};

use crate::{Finding, Thread};

/// One test, explored.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Explored {
    /// How many schedules were tried.
    pub schedules: u64,
    /// How many of them went wrong.
    pub wrong: u64,
    /// How many steps all of them took.
    pub steps: u64,
    /// The number of interleavings, if every one of them was tried. Those that differ only in the order of steps that don't
    /// concern each other are one.
    #[serde(default)]
    pub interleavings: Option<u64>,
    /// What was found, in the shortest schedule that shows it.
    #[serde(default)]
    pub finding: Option<Finding>,
    /// What was seen in the schedule that the finding's seed names, before a shorter one was looked for.
    #[serde(default)]
    pub first: Option<String>,
    /// The threads that were still blocked when the test had returned and nothing could run any more.
    #[serde(default)]
    pub left: Vec<Thread>,
}
