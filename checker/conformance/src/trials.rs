//! Builds test programs one after the other, and runs those that are built on all processors meanwhile.

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use anyhow::Result;
use simcargo::{Package, Program, Schedules, StandIns, TestResult};

use crate::standard::Prepared;

/// A test that takes longer is ended: something blocks outside of the simulation.
const SILENCE: Duration = Duration::from_secs(120);

/// Steps of one schedule, after which it is called endless. Tests that do end have taken more than five million.
const STEPS: u64 = 20_000_000;

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

/// The number of the row, its label, and what to run.
type Job = (usize, String, Program);

/// Takes what there is to build, and hands on what is to be run.
pub(crate) struct Rows<'a> {
    stand_ins: &'a StandIns,
    runs: &'a Runs,
    jobs: mpsc::Sender<Job>,
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
                    None => self.start(label, programs, Vec::new()),
                }
            }
            Build::Std(prepared) => self.start(label, prepared.programs, prepared.taken_out),
        };
        self.rows.push(Row { label: label.to_owned(), version: version.to_owned(), result });
        Ok(())
    }

    fn start(&self, label: &str, programs: Vec<Program>, taken_out: Vec<String>) -> Outcome {
        let kept = self.runs.resume.then(|| self.runs.kept(label)).flatten();
        if let Some(tests) = kept {
            return Outcome::Ran(tests, taken_out);
        }
        for program in programs {
            // The workers are there until this is dropped.
            let _ = self.jobs.send((self.rows.len(), label.to_owned(), program));
        }
        Outcome::Ran(Vec::new(), taken_out)
    }
}

/// How to run what was built.
pub(crate) struct Runs {
    /// Schedules of each test.
    pub(crate) each: u64,
    /// Whether what an interrupted run has found still counts. It was found over the same stand-ins.
    pub(crate) resume: bool,
    /// Where the results of each suite are kept.
    pub(crate) results: PathBuf,
}

impl Runs {
    fn file(&self, label: &str) -> PathBuf {
        self.results.join(format!("{}-{}.json", label.replace('/', "-"), self.each))
    }

    fn kept(&self, label: &str) -> Option<Vec<TestResult>> {
        serde_json::from_slice(&fs::read(self.file(label)).ok()?).ok()
    }

    fn run(&self, label: &str, program: &Program) -> Result<Vec<TestResult>> {
        let arguments = vec![format!("--steps={STEPS}")];
        let results = program.run(&Schedules { each: self.each, seed: 0, arguments, silence: SILENCE })?;
        fs::create_dir_all(&self.results)?;
        fs::write(self.file(label), serde_json::to_vec(&results)?)?;
        eprintln!("ran {label}");
        Ok(results)
    }
}

/// Has `build` add rows, and runs their programs.
pub(crate) fn run(
    stand_ins: &StandIns,
    runs: &Runs,
    build: impl FnOnce(&mut Rows<'_>) -> Result<()>,
) -> Result<Vec<Row>> {
    let (jobs, queue) = mpsc::channel::<Job>();
    let queue = Mutex::new(queue);
    let mut rows = Rows { stand_ins, runs, jobs, rows: Vec::new() };
    let results = thread::scope(|scope| {
        let work = || {
            let mut done = Vec::new();
            loop {
                let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok((row, label, program)) = job else { return done };
                done.push((row, runs.run(&label, &program)));
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
