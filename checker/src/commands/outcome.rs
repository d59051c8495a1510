//! How a command ended, and the exit code that says so.

use crate::verdict::{Report, Status};
use std::process::ExitCode;

/// How a command ended, other than in trouble.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    AllPassed,
    /// A check failed, or nothing could be proven about it.
    SomeFailed,
    /// The command line was not understood, and clap has said why.
    BadUsage,
    /// Another program of ours was in trouble, and has said why.
    Trouble,
    /// `grade`: the machine is not fit to judge, and nothing was judged.
    Unfit,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> ExitCode {
        match outcome {
            Outcome::AllPassed => ExitCode::SUCCESS,
            Outcome::SomeFailed => ExitCode::from(1),
            Outcome::BadUsage | Outcome::Trouble => ExitCode::from(2),
            Outcome::Unfit => ExitCode::from(3),
        }
    }
}

impl Outcome {
    /// Of the programs that were judged.
    pub fn of(reports: &[Report]) -> Outcome {
        let passed = reports.iter().all(|report| report.verdict == Status::Passed);
        if passed { Outcome::AllPassed } else { Outcome::SomeFailed }
    }
}
