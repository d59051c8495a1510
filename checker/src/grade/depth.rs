//! How far a program is judged: whole, or up to the finding that decides its mark.

use crate::course::Exercise;
use crate::judge::Judge;
use crate::judge::compile::Compiled;
use crate::judge::news::News;
use crate::process::cancel::{Cancel, Interrupted, is_interrupted};
use crate::verdict::{Report, Status, causes};
use anyhow::{Result, bail};
use std::path::Path;

/// How far a program is judged.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Depth {
    /// Every clause gets its verdict.
    #[default]
    Whole,
    /// Nothing runs after the first finding: without weights by clause, it decides the mark.
    FirstFinding,
}

impl Depth {
    /// What the limits of a record say after the others.
    pub fn suffix(self) -> &'static str {
        match self {
            Depth::Whole => "",
            Depth::FirstFinding => ", first finding",
        }
    }

    /// Judges a program so far.
    ///
    /// # Errors
    /// If the trouble is not the learner's.
    pub fn judge(self, judge: &Judge<'_>, exercise: &Exercise, source: &Path) -> Result<Report> {
        match self {
            Depth::Whole => judge.judge(exercise, source, &mut |_| {}),
            Depth::FirstFinding => up_to_the_first(judge, exercise, source),
        }
    }
}

fn up_to_the_first(judge: &Judge<'_>, exercise: &Exercise, source: &Path) -> Result<Report> {
    let program = match judge.compile(exercise, source)? {
        Compiled::Refused(finding) => return Ok(Report::refused(&exercise.name, finding, 0)),
        Compiled::Program(program) => program,
    };
    let cancel = Cancel::default();
    // One child runs the checks in their order, so the first finding is the same one every time.
    let stopped = Judge { cancel: cancel.clone(), children: 1, ..*judge };
    let (mut seen, mut is_found) = (Vec::new(), false);
    let ended = stopped.checks(&program, exercise, source, &mut |news| {
        if let News::Ended(check) = news
            && !is_found
        {
            is_found = check.status == Status::Failed;
            seen.push(*check);
        }
        if is_found {
            cancel.cancel();
        }
    });
    if is_interrupted() {
        bail!(Interrupted);
    }
    // What came after the finding, before the child had ended, differs from run to run.
    let mut checks = if is_found { seen } else { ended? };
    causes::settle(&mut checks, &exercise.contract(&judge.course.root).unwrap_or_default());
    judge.find_steps(&program, exercise, source, &mut checks)?;
    Ok(Report::of_checks(&exercise.name, checks, 0))
}
