//! The bench: what a course is judged with, and what can be judged with it: all of a plan, a shard of it, or all of it again.

use super::depth::Depth;
use super::graded::{Graded, needs_all_attempts};
use super::made::Made;
use super::plan::{Folder, Plan};
use super::regrade::{self, What};
use super::rules::Rules;
use super::run::{self, Kept, Ran, Runner};
use super::shards::{self, Shard, Wanted};
use crate::course::Course;
use crate::judge::Judge;
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What a course is judged with.
pub struct Bench<'a> {
    pub course: &'a Course,
    pub judge: &'a Judge<'a>,
    /// What keeps a program in: a part of each record.
    pub sandbox: &'a str,
    /// How many programs to judge at once; `None` for one for each processor.
    pub jobs: Option<usize>,
    pub depth: Depth,
    pub note: &'a dyn Fn(&str),
}

impl Bench<'_> {
    /// Judges what has no record yet.
    ///
    /// # Errors
    /// If the machine is not fit ([`Unfit`]), or something can't be read.
    pub fn run(&self, out: &Path) -> Result<Ran> {
        let folder = Folder(out.to_owned());
        regrade::recover(&folder)?;
        run::sweep(&folder.0)?;
        let work =
            Work { verdicts: folder.verdicts(), earlier: Vec::new(), keep: Kept::Decided, shard: None };
        self.judge_into(&folder, work)
    }

    /// Judges one shard, with its records in a place of its own: nobody else writes there.
    ///
    /// # Errors
    /// If the plan has no such shard, the machine is not fit ([`Unfit`]), or something can't be read.
    pub fn run_shard(&self, out: &Path, wanted: Wanted) -> Result<Ran> {
        let folder = Folder(out.to_owned());
        let plan = Plan::read(&folder)?;
        let shard = wanted.of(plan.shards)?;
        let made = self.made(&plan)?;
        let run = shards::begin(&folder, shard, &made)?;
        let work =
            Work { verdicts: run.verdicts, earlier: run.earlier, keep: Kept::AsMadeNow, shard: Some(shard) };
        self.judge_into(&folder, work)
    }

    fn made(&self, plan: &Plan) -> Result<Made> {
        let mut made = Made::now(self.judge, self.course, plan, self.sandbox)?;
        made.limits += self.depth.suffix();
        Ok(made)
    }

    /// Judges everything by what there is now, with the records at `verdicts`.
    ///
    /// # Errors
    /// If the machine is not fit ([`Unfit`]), or something can't be read.
    pub fn judge_anew(&self, folder: &Folder, verdicts: PathBuf) -> Result<Ran> {
        run::sweep(&folder.0)?;
        let work = Work { verdicts, earlier: Vec::new(), keep: Kept::AsMadeNow, shard: None };
        self.judge_into(folder, work)
    }

    fn judge_into(&self, folder: &Folder, work: Work) -> Result<Ran> {
        let (course, plan) = (self.course, Plan::read(folder)?);
        let assignment = Rules::read(folder)?.assignment;
        if plan.release != course.release() {
            (self.note)(&format!(
                "this course is release {}, but the plan was made for {}; each record says which release judged it",
                course.release(),
                plan.release
            ));
        }
        if let Some(pinned) = assignment.release.as_ref().filter(|pinned| *pinned != course.release()) {
            bail!(
                "the assignment is for release {pinned} of the course, but this is {}; use that release",
                course.release()
            );
        }
        let all_attempts = needs_all_attempts(&assignment);
        if self.depth == Depth::FirstFinding
            && let Some(item) = assignment.items.iter().find(|item| !item.weights.is_empty())
        {
            bail!(
                "the assignment has weights for the clauses of {}, and after a first finding the other clauses \
                 have no verdict\n\
                 leave out `--first-finding`, or the weights",
                item.name
            );
        }
        let made = self.made(&plan)?;
        let Work { verdicts, earlier, keep, shard } = work;
        let runner = Runner {
            judge: self.judge,
            course,
            folder,
            plan: &plan,
            made: &made,
            shard,
            verdicts,
            earlier,
            keep,
            all_attempts,
            jobs: self.jobs,
            depth: self.depth,
        };
        let began = Instant::now();
        let mut said = 0;
        runner.run(&mut |done, of| {
            // Now and then, and with an estimate: whoever waits wants to know for how long.
            let tenth = done * 10 / of.max(1);
            if tenth > said || done == of {
                said = tenth;
                let left = began.elapsed().as_secs_f64() / done as f64 * (of - done) as f64;
                (self.note)(&format!("{done} of {of} judged, about {left:.0} s left"));
            }
        })
    }

    /// Judges everything by what there is now, beside the verdicts that count; returns what that would change.
    ///
    /// # Errors
    /// If the machine is not fit ([`Unfit`]), or something can't be read.
    pub fn regrade(&self, out: &Path) -> Result<(Ran, Vec<String>)> {
        let folder = Folder(out.to_owned());
        regrade::recover(&folder)?;
        // What is compared has to be there before anything is judged.
        Graded::read(self.course, out)?;
        let ran = self.judge_anew(&folder, regrade::proposed(&folder))?;
        let changes = regrade::changes(self.course, &folder)?;
        let count = |what: What| changes.iter().filter(|change| change.what == what).count();
        let mut said = vec![
            format!(
                "up: {}, down: {}, a first mark: {}, the same mark with another verdict: {}",
                count(What::Up),
                count(What::Down),
                count(What::Decided),
                count(What::Same)
            ),
            format!("undecided now, so the old verdict stays: {}", count(What::Stays)),
            format!("set by hand, so the mark stays: {}", count(What::ByHand)),
        ];
        for change in &changes {
            let points = |points: Option<f64>| points.map_or("no mark".to_owned(), |it| format!("{it:.2}"));
            said.push(format!(
                "{} {}: {} → {} ({})",
                change.id,
                change.exercise,
                points(change.before),
                points(change.after),
                change.by
            ));
        }
        Ok((ran, said))
    }
}

/// Which part of a plan is judged, and where its records are.
struct Work {
    verdicts: PathBuf,
    earlier: Vec<PathBuf>,
    keep: Kept,
    shard: Option<Shard>,
}
