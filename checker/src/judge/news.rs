//! What is heard of a judgement while it goes on, from the base that is built first to the whole report.

use crate::verdict::{Check, Report};
use anyhow::Error;
use protocol::{Listed, Played};

/// One thing that was heard.
#[derive(Debug)]
pub enum News {
    /// Something takes time that is not the learner's.
    Note(String),
    Compiling,
    Listed(Vec<Listed>),
    Started(String),
    /// What a first look at a check has shown. It will be looked at again, and then `Ended` comes.
    Looked(Box<Check>),
    Ended(Box<Check>),
    /// A schedule that was asked for, point by point.
    Played(Box<Played>),
    Judged(Box<Report>),
    /// It is not the learner's fault.
    Trouble(Error),
}
