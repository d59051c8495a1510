//! A test program, run in a process of its own: what each test came to, whatever becomes of the process.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::child::{Child, Event, News};

/// A test program that was built over the stand-ins.
#[derive(Debug, Clone)]
pub struct Program {
    /// The name of its package.
    pub package: String,
    /// The name of cargo's target.
    pub name: String,
    /// Its kind, in cargo's word: `lib`, `bin`, `test`.
    pub kind: String,
    /// Its `main` is what is run, as if it were one test.
    pub is_main: bool,
    /// The file.
    pub executable: PathBuf,
    /// A crate in it that stops an OS thread without std. Its tests may never end.
    pub blocking: Option<&'static str>,
}

/// Which tests to run, and under how many schedules.
#[derive(Debug, Clone)]
pub struct Schedules {
    /// Seeds of each test.
    pub each: u64,
    /// The first of them.
    pub seed: u64,
    /// More arguments: filters, `--skip`, `--ignored` and what else a test program takes.
    pub arguments: Vec<String>,
    /// A test that takes longer is ended. Nothing is known of it then.
    pub silence: Duration,
}

/// What a test came to.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct TestResult {
    /// The path of its function.
    pub name: String,
    /// How it ended.
    pub ending: Ending,
    /// How many schedules were tried.
    pub schedules: u64,
    /// How many steps these took.
    pub steps: u64,
    /// The most threads that were blocked when the test had ended.
    pub left: usize,
    /// Its state outlives a schedule (a `static` that can't be reset, say), so that each ran in a fresh process.
    pub fresh: bool,
}

/// How a test ended.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub enum Ending {
    /// In every schedule as it should.
    Passed,
    /// It has `#[ignore]`, and perhaps says why.
    Ignored(String),
    /// Not as it should, in the schedule of this seed.
    Failed {
        /// In a word.
        kind: String,
        /// What was seen.
        message: String,
        /// The file and line, if they are known.
        at: Option<(String, u32)>,
        /// Replays it.
        seed: u64,
    },
    /// The process ended in the middle, in this way.
    Crashed(String),
    /// It took too long: something blocks outside of the simulation, or computes.
    TimedOut,
}

impl Program {
    /// Runs its tests. A test that takes the process with it is noted, and the others run in another.
    ///
    /// # Errors
    /// The program can't be started, or what it says can't be read.
    pub fn run(&self, schedules: &Schedules) -> Result<Vec<TestResult>> {
        let mut results: Vec<TestResult> = Vec::new();
        while let Some((test, ending)) = self.process(schedules, &mut results)? {
            // Without a test to leave out, the next process would end in the same way.
            let goes_on = test.is_some();
            let name = test.unwrap_or_else(|| "the program itself".to_owned());
            results.push(TestResult { name, ending, schedules: 0, steps: 0, left: 0, fresh: false });
            if !goes_on {
                break;
            }
        }
        for result in &mut results {
            self.repeat(schedules, result)?;
        }
        Ok(results)
    }

    /// A failure that came after other schedules has to come in a fresh process too. If it does not, something
    /// outlives a schedule, and each gets a process of its own.
    fn repeat(&self, schedules: &Schedules, result: &mut TestResult) -> Result<()> {
        let first = schedules.seed;
        let Ending::Failed { seed, .. } = result.ending else { return Ok(()) };
        if seed == first {
            return Ok(());
        }
        let alone = self.alone(schedules, &result.name, seed)?;
        if alone.ending == result.ending {
            return Ok(());
        }
        let mut fresh = TestResult { schedules: 0, steps: 0, fresh: true, ..alone };
        for seed in first..first + schedules.each {
            let one = self.alone(schedules, &result.name, seed)?;
            fresh.schedules += 1;
            fresh.steps += one.steps;
            fresh.left = fresh.left.max(one.left);
            fresh.ending = one.ending;
            if fresh.ending != Ending::Passed {
                break;
            }
        }
        *result = fresh;
        Ok(())
    }

    /// One test under one seed, in a fresh process.
    fn alone(&self, schedules: &Schedules, name: &str, seed: u64) -> Result<TestResult> {
        let mut arguments = schedules.arguments.clone();
        arguments.extend(["--only".to_owned(), name.to_owned()]);
        let one = Schedules { each: 1, seed, arguments, silence: schedules.silence };
        let mut results = Vec::new();
        if let Some((_, ending)) = self.process(&one, &mut results)? {
            let name = name.to_owned();
            return Ok(TestResult { name, ending, schedules: 1, steps: 0, left: 0, fresh: true });
        }
        results.pop().with_context(|| format!("{} does not know its test {name}", self.name))
    }

    /// Runs what has no result yet. If the process ends before its time: the test that was running, and how.
    fn process(
        &self,
        schedules: &Schedules,
        results: &mut Vec<TestResult>,
    ) -> Result<Option<(Option<String>, Ending)>> {
        let mut command = Command::new(&self.executable);
        command.args(["--format", "json", "--schedules"]).arg(schedules.each.to_string());
        command.arg("--seed").arg(schedules.seed.to_string()).args(&schedules.arguments);
        for done in results.iter() {
            command.arg("--without").arg(&done.name);
        }
        let mut child = Child::start(command)?;
        let mut running: Option<String> = None;
        loop {
            let event = match child.next(schedules.silence)? {
                News::Event(event) => event,
                News::Silent => return Ok(Some((running, Ending::TimedOut))),
                News::Ended { status, .. } => return Ok(Some((running, Ending::Crashed(status)))),
            };
            match (event.of.as_str(), event.event.as_str()) {
                ("test", "started") => running = Some(event.name),
                ("test", _) => {
                    running = None;
                    results.push(event.into_result());
                }
                ("suite", "ok" | "failed") => {
                    child.wait()?;
                    return Ok(None);
                }
                _ => {}
            }
        }
    }
}

impl Event {
    fn into_result(self) -> TestResult {
        let ending = match self.event.as_str() {
            "ok" => Ending::Passed,
            "ignored" => Ending::Ignored(self.message),
            _ => {
                let at = self.file.map(|file| (file, self.line));
                Ending::Failed { kind: self.kind, message: self.message, at, seed: self.seed }
            }
        };
        let Self { name, schedules, steps, left, .. } = self;
        TestResult { name, ending, schedules, steps, left, fresh: false }
    }
}
