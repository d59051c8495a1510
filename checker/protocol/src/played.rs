//! A schedule of a failing case that somebody chooses point by point: where each thread stands at each of them.

use crate::{Finding, Step};
use serde::{Deserialize, Serialize};

/// Who goes on at each point of the failing case.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Play {
    /// The threads that did where it failed.
    Failure,
    /// These threads, by their numbers. After the last of them the running thread goes on for as long as it can.
    Chosen(Vec<u32>),
}

/// What came of it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Played {
    /// The names of all threads, by number.
    pub threads: Vec<String>,
    /// The points at which more than one thread could go on.
    pub points: Vec<Point>,
    /// There were more points than anybody would go through.
    pub is_cut: bool,
    /// What the program printed, to its end.
    pub printed: String,
    /// The inputs of the case.
    pub input: Option<String>,
    /// Each step.
    pub steps: Vec<Step>,
    /// What was found; `None` if the case kept the promise.
    pub finding: Option<Box<Finding>>,
}

/// A point at which more than one thread could go on.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Point {
    /// Those that could.
    pub runnable: Vec<u32>,
    /// The one that came to the point, if it could go on itself.
    pub running: Option<u32>,
    /// The one that went on.
    pub chosen: u32,
    /// Where each thread stands that has been started, by its number.
    pub standing: Vec<Standing>,
    /// How many bytes of what is printed had been printed.
    pub printed: usize,
    /// Virtual time since the case began, in nanoseconds.
    pub time_ns: u64,
}

/// Where a thread stands.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Standing {
    /// What it does next, or waits in,
    pub op: String,
    /// and the object of that.
    pub object: Option<String>,
    /// The file of that,
    pub file: Option<String>,
    /// and the line in it, from 1.
    pub line: Option<u32>,
    /// Whether it can go on.
    pub stand: Stand,
}

/// Whether a thread can go on.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stand {
    /// It can.
    Ready,
    /// It waits for this, in words that follow "waits for".
    Waits(String),
    /// It has come to its end.
    Finished,
}
