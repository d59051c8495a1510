//! A first look at a program: a few schedules of each check, so that somebody who waits hears soon of what fails soon. The verdict
//! is made as if there had been no first look, but for checks that hang: they would hang again.

use crate::course::Exercise;
use crate::judge::Judge;
use crate::judge::children;
use crate::judge::compile::Program;
use crate::judge::news::News;
use crate::verdict::{Check, Status, causes};
use anyhow::Result;
use protocol::Request;
use std::path::Path;

/// For each check. Of the known wrong programs that fail at all, nine of ten fail within so many (MEASUREMENTS.md).
const SCHEDULES: u64 = 50;

impl Judge<'_> {
    /// Tells what a few schedules of each check show, and of the first thing that went wrong each step. Returns the checks
    /// that hang.
    ///
    /// # Errors
    /// If the trouble is not the learner's.
    pub(super) fn look(
        &self,
        program: &Program,
        exercise: &Exercise,
        source: &Path,
        tell: &mut dyn FnMut(News),
    ) -> Result<Vec<Check>> {
        // Nothing is concluded from it, so nobody gains by forging it.
        let request =
            Request { schedules: Some(SCHEDULES), draw: None, ..self.request(program, exercise, source)? };
        let mut checks = children::run(
            &program.executable,
            &request,
            &self.cancel,
            self.children,
            Vec::new(),
            &mut |news| match news {
                News::Ended(check) => tell(News::Looked(check)),
                other => tell(other),
            },
        )?;
        let hung: Vec<Check> = checks.iter().filter(|check| children::hangs(check)).cloned().collect();
        causes::settle(&mut checks, &exercise.contract(&self.course.root).unwrap_or_default());
        let Some(first) = causes::of(&checks).first().map(|cause| cause.shown) else { return Ok(hung) };
        let mut shown: Vec<Check> = checks
            .into_iter()
            .enumerate()
            .filter(|(index, _)| *index == first)
            .map(|(_, check)| check)
            .collect();
        self.find_steps(program, exercise, source, &mut shown)?;
        shown
            .into_iter()
            .filter(|check| check.status == Status::Failed)
            .for_each(|check| tell(News::Looked(Box::new(check))));
        Ok(hung)
    }
}
