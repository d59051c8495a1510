//! Builds test programs one after the other, and runs those that are built on all processors meanwhile.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use anyhow::Result;
use simcargo::{Package, Program, Schedules, StandIns, TestResult};

use crate::standard::Prepared;

/// A test that takes longer is ended: something blocks outside of the simulation.
const SILENCE: Duration = Duration::from_secs(120);

/// Steps of one schedule, after which it is called endless: no test here takes a tenth of it.
const STEPS: u64 = 5_000_000;

/// What becomes a row of the table.
pub(crate) enum Build {
    /// It is not run, for this reason.
    LeftOut(&'static str),
    Package(Package),
    Std(Prepared),
}

/// A suite, and what became of it.
pub(crate) struct Row {
    pub(crate) label: String,
    pub(crate) version: String,
    pub(crate) result: Outcome,
}

pub(crate) enum Outcome {
    /// All of it, for this reason.
    LeftOut(String),
    /// What each test came to, and the names of those that had to be taken out.
    Ran(Vec<TestResult>, Vec<String>),
}

/// Takes what there is to build, and hands on what is to be run.
pub(crate) struct Rows<'a> {
    stand_ins: &'a StandIns,
    jobs: mpsc::Sender<(usize, Program)>,
    rows: Vec<Row>,
}

impl Rows<'_> {
    pub(crate) fn add(&mut self, label: &str, version: &str, build: Build) -> Result<()> {
        eprintln!("building {label}");
        let result = match build {
            Build::LeftOut(why) => Outcome::LeftOut(why.to_owned()),
            Build::Package(package) => {
                let (programs, errors) = self.stand_ins.build(&package)?;
                match errors.first() {
                    Some(error) => {
                        Outcome::LeftOut(format!("`{}` does not compile: {}", error.target, error.message))
                    }
                    None => self.start(programs, Vec::new()),
                }
            }
            Build::Std(prepared) => self.start(prepared.programs, prepared.taken_out),
        };
        self.rows.push(Row { label: label.to_owned(), version: version.to_owned(), result });
        Ok(())
    }

    fn start(&self, programs: Vec<Program>, taken_out: Vec<String>) -> Outcome {
        for program in programs {
            // The workers are there until this is dropped.
            let _ = self.jobs.send((self.rows.len(), program));
        }
        Outcome::Ran(Vec::new(), taken_out)
    }
}

/// Has `build` add rows, and runs their programs.
pub(crate) fn run(
    stand_ins: &StandIns,
    each: u64,
    build: impl FnOnce(&mut Rows<'_>) -> Result<()>,
) -> Result<Vec<Row>> {
    let schedules =
        Schedules { each, seed: 0, arguments: vec![format!("--steps={STEPS}")], silence: SILENCE };
    let (jobs, queue) = mpsc::channel::<(usize, Program)>();
    let queue = Mutex::new(queue);
    let mut rows = Rows { stand_ins, jobs, rows: Vec::new() };
    let results = thread::scope(|scope| {
        let work = || {
            let mut done = Vec::new();
            loop {
                let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok((row, program)) = job else { return done };
                done.push((row, program.run(&schedules)));
            }
        };
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        let workers: Vec<_> = (0..processors).map(|_| scope.spawn(work)).collect();
        let built = build(&mut rows);
        // The workers end when there is nothing more to come.
        let (closed, _) = mpsc::channel();
        rows.jobs = closed;
        let done = workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default());
        let done: BTreeMap<usize, Result<Vec<TestResult>>> = done.collect();
        built.map(|()| done)
    })?;
    for (row, found) in results {
        if let Outcome::Ran(tests, _) = &mut rows.rows[row].result {
            *tests = found?;
        }
    }
    Ok(rows.rows)
}
