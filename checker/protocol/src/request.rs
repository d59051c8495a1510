//! A request in one line, and a line for each thing that happens.

use crate::{Check, Play, Played, Thread};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::PathBuf;

/// What a check program is asked; one line of JSON on its standard input.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Request {
    /// Starts every line that is the harness's own. Learner code never sees it.
    pub nonce: String,
    /// The seed of the first schedule.
    pub seed: u64,
    /// For each check; `None` for as many as the harness finds right.
    pub schedules: Option<u64>,
    /// The checks to run, in this order; `None` for all.
    pub only: Option<Vec<String>>,
    /// Whether to record each step of a failing schedule.
    pub trace: bool,
    /// Only look for a first failure, in this way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hunt: Option<Hunt>,
    /// Whether the simulation sees all that the program shares between threads, so that "every interleaving" can be said.
    pub enumerable: bool,
    /// The learner's source, as rustc was given it.
    pub source: PathBuf,
    /// The folder of the exercise's snapshots.
    pub snapshots: PathBuf,
    /// For the whole program, in milliseconds. The checker keeps to it; a check program is ended from outside.
    pub timeout_ms: u64,
    /// Chance, drawn for this one run: from it follows the decoy of each check that is asked for; `None` for no decoys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draw: Option<u64>,
    /// Go through the schedules of the failing case that the seed stands for, and find out nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub play: Option<Play>,
    /// Where an earlier process stopped. Only the harness knows what it means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<Value>,
}

/// A way to look for a first failure, to be compared with others.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hunt {
    /// The family of random walks.
    Walk,
    /// The family of random priorities.
    Priority,
    /// What verdicts use.
    Mixed,
    /// Every interleaving of the small input.
    Every,
}

/// One line of a check program's answer.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The checks that the program has.
    Suite {
        /// In the order in which they run.
        checks: Vec<Listed>,
    },
    /// A check begins.
    Start {
        /// Its name.
        check: String,
    },
    /// A check has ended.
    End {
        /// What became of it.
        check: Box<Check>,
    },
    /// The program is about to exit: the learner's code computes without end.
    Stuck(Cut),
    /// The program holds too much memory that its schedules have left behind, and is to be started again.
    Paused {
        /// What the next process is to be given.
        resume: Value,
    },
    /// The program is about to end itself: a panic can't be unwound, or a stack or memory is not there.
    Aborting(Cut),
    /// The schedule that was chosen has come to its end.
    Played {
        /// What was seen on the way.
        played: Box<Played>,
    },
    /// All checks that were asked for have ended.
    Done,
}

/// What is known of a schedule that was cut off in the middle.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Cut {
    /// The check that runs.
    pub check: String,
    /// What happened.
    pub message: String,
    /// The seed of the schedule.
    pub seed: u64,
    /// What the case was called with, as the check shows it.
    #[serde(default)]
    pub input: Option<String>,
    /// Where it happened, if that is known.
    #[serde(default)]
    pub thread: Option<Thread>,
}

/// A check that a program has.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Listed {
    /// The name of its function.
    pub name: String,
    /// The clause that it tests.
    pub clause: u32,
}
