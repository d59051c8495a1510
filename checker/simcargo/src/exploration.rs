//! Tests of a program, explored: each process may crash or hang, and what is found must come again in a fresh one.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use protocol::{Explored, Finding, Kind};
use tempfile::TempDir;

use crate::child::{Child, News};
use crate::program::Program;

/// Where each schedule has a process of its own, no more than this are tried.
const FRESH: u64 = 100;

/// How to explore.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Schedules of each test.
    pub schedules: u64,
    /// The seed of the first.
    pub seed: u64,
    /// Steps of one schedule, after which it is called endless.
    pub steps: u64,
    /// Steps of all schedules of a test together, after which only a few more are tried.
    pub budget: u64,
    /// A process that says nothing for so long is ended.
    pub silence: Duration,
    /// Every interleaving is tried of what has so many times as many as usual; 0 for none.
    pub deep: u64,
    /// For a program, its own. Else filters, `--skip`, `--exact`, `--ignored` and `--include-ignored`.
    pub arguments: Vec<String>,
    /// The folder from which the paths of the package's own files are.
    pub root: PathBuf,
    /// The folder of the package, in which cargo starts tests.
    pub package: PathBuf,
}

/// A test, explored.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The path of its function.
    pub name: String,
    /// It has `#[ignore]`, and perhaps says why.
    pub ignored: Option<String>,
    /// What was found, in how many schedules.
    pub explored: Explored,
    /// Its state outlives a schedule (a file, or a `static` that can't be reset), so that each ran in a fresh process.
    pub fresh: bool,
    /// What was found once came another way when the same seed was run again.
    pub is_unrepeatable: bool,
}

/// A schedule or more of some tests in a process.
struct Call<'a> {
    tests: &'a [String],
    seed: u64,
    schedules: u64,
    quick: bool,
}

impl Outcome {
    fn of(name: String, explored: Explored) -> Self {
        Self { name, ignored: None, explored, fresh: false, is_unrepeatable: false }
    }

    fn left_out(name: String, why: String) -> Self {
        Self { ignored: Some(why), ..Self::of(name, Explored::default()) }
    }
}

impl Program {
    /// The names of its tests that the arguments select.
    ///
    /// # Errors
    /// It can't be started, or it is no test program.
    pub fn tests(&self, arguments: &[String]) -> Result<Vec<String>> {
        if self.is_main {
            return Ok(vec!["main".to_owned()]);
        }
        let output = Command::new(&self.executable)
            .arg("--list")
            .env("SIMTEST_TESTS", "1")
            .args(arguments)
            .output()
            .with_context(|| format!("could not start {}", self.executable.display()))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            bail!(
                "the test program {} does not list its tests:\n{}",
                self.name,
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(said.lines().filter_map(|line| Some(line.strip_suffix(": test")?.to_owned())).collect())
    }

    /// Explores these tests, one after the other; `news` hears of each.
    ///
    /// # Errors
    /// The program can't be started.
    pub(crate) fn explore(&self, plan: &Plan, tests: &[String], news: &mut dyn FnMut(Outcome)) -> Result<()> {
        if self.is_main {
            return tests.iter().try_for_each(|name| self.in_fresh_processes(plan, name).map(&mut *news));
        }
        let mut left = tests.to_vec();
        while !left.is_empty() {
            let call = Call { tests: &left, seed: plan.seed, schedules: plan.schedules, quick: false };
            let done = self.call(plan, &call)?;
            if done.is_empty() {
                bail!("the test program {} says nothing of its tests", self.name);
            }
            left.retain(|name| !done.iter().any(|outcome| outcome.name == *name));
            for outcome in done {
                news(self.repeated(plan, outcome)?);
            }
        }
        Ok(())
    }

    /// What was found has to come again, twice, in a fresh process. If it does not, something outlives a schedule, and each
    /// gets a process of its own.
    fn repeated(&self, plan: &Plan, found: Outcome) -> Result<Outcome> {
        let Some(first) = &found.explored.first else { return Ok(found) };
        let seed = found.explored.finding.as_ref().and_then(|finding| finding.seed).unwrap_or(plan.seed);
        if self.comes_twice(plan, &found.name, seed, first)? {
            return Ok(found);
        }
        self.in_fresh_processes(plan, &found.name)
    }

    /// A process for each schedule.
    fn in_fresh_processes(&self, plan: &Plan, name: &str) -> Result<Outcome> {
        let mut fresh = Outcome { fresh: true, ..Outcome::of(name.to_owned(), Explored::default()) };
        // Of several that go wrong, the one with the fewest steps is told.
        let mut shortest: Option<(u64, u64, String)> = None;
        for seed in plan.seed..plan.seed.saturating_add(plan.schedules.min(FRESH)) {
            let one = self.once(plan, name, seed, true)?.explored;
            fresh.explored.schedules += 1;
            fresh.explored.steps += one.steps;
            if let Some(first) = one.first {
                fresh.explored.wrong += 1;
                if shortest.as_ref().is_none_or(|(steps, ..)| one.steps < *steps) {
                    shortest = Some((one.steps, seed, first));
                }
            }
            // Others would take as long, and nothing is proven by any of them.
            if one.finding.is_some_and(|finding| finding.kind == Kind::TimedOut) {
                break;
            }
        }
        let Some((_, seed, first)) = shortest else { return Ok(fresh) };
        fresh.is_unrepeatable = !self.comes_twice(plan, name, seed, &first)?;
        let alone = self.once(plan, name, seed, false)?.explored;
        let mut finding = alone
            .finding
            .unwrap_or_else(|| Finding { seed: Some(seed), ..Finding::new(Kind::Panicked, first.clone()) });
        let is_result = matches!(finding.kind, Kind::Panicked | Kind::WrongAnswer);
        if is_result && fresh.explored.wrong < fresh.explored.schedules {
            finding.kind = Kind::Race;
        }
        fresh.explored.first = Some(first);
        fresh.explored.finding = Some(finding);
        Ok(fresh)
    }

    fn comes_twice(&self, plan: &Plan, name: &str, seed: u64, first: &str) -> Result<bool> {
        for _ in 0..2 {
            if self.once(plan, name, seed, true)?.explored.first.as_deref() != Some(first) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// One test under one seed, in a fresh process.
    fn once(&self, plan: &Plan, name: &str, seed: u64, quick: bool) -> Result<Outcome> {
        let tests = [name.to_owned()];
        let mut done = self.call(plan, &Call { tests: &tests, seed, schedules: 1, quick })?;
        done.pop().with_context(|| format!("{} does not know its test {name}", self.name))
    }

    /// Runs tests until they are done or the process ends.
    fn call(&self, plan: &Plan, call: &Call<'_>) -> Result<Vec<Outcome>> {
        let own = TempDir::new().context("could not make a folder for temporary files")?;
        let place = own.path().join("seed");
        let mut words: Vec<OsString> =
            ["--format", "json", "--explore", "--place"].map(OsString::from).to_vec();
        words.push(place.clone().into());
        // With a separator behind it.
        words.extend(["--source".into(), plan.root.join("").into()]);
        for (option, value) in [
            ("--seed", call.seed),
            ("--schedules", call.schedules),
            ("--steps", plan.steps),
            ("--budget", plan.budget),
            ("--deep", plan.deep),
        ] {
            words.extend([option.into(), value.to_string().into()]);
        }
        if self.is_main {
            words.push("--single".into());
        } else if call.quick {
            words.push("--quick".into());
        }
        for test in call.tests {
            words.extend(["--only".into(), test.into()]);
        }
        let mut command = Command::new(&self.executable);
        command.current_dir(&plan.package).env("TMPDIR", own.path()).env("CARGO_MANIFEST_DIR", &plan.package);
        match self.is_main {
            // Its arguments are its own.
            true => command.env("SIMTEST_MAIN", words.join(OsStr::new("\u{1f}"))).args(&plan.arguments),
            false => command.env("SIMTEST_TESTS", "1").args(words).args(&plan.arguments),
        };
        let mut child = Child::start(command)?;
        let mut running: Option<String> = None;
        let mut done = Vec::new();
        loop {
            let finding = match child.next(plan.silence)? {
                News::Event(event) => {
                    match (event.of.as_str(), event.event.as_str()) {
                        ("test", "started") => running = Some(event.name),
                        ("test", "ignored") => done.push(Outcome::left_out(event.name, event.message)),
                        ("test", "explored") => {
                            running = None;
                            done.push(Outcome::of(event.name, event.explored.unwrap_or_default()));
                        }
                        ("suite", "ok" | "failed") => {
                            child.wait()?;
                            return Ok(done);
                        }
                        _ => {}
                    }
                    continue;
                }
                News::Silent => Finding::new(
                    Kind::TimedOut,
                    format!(
                        "a schedule took longer than {} s: the test computes for long, or waits for something outside of the \
                         simulation",
                        plan.silence.as_secs()
                    ),
                ),
                News::Ended { status, said } => Finding::new(Kind::Crashed, crashed(&status, &said)),
            };
            let Some(name) = running else {
                bail!("the test program {} ended before its tests: {}", self.name, finding.message);
            };
            let seed = fs::read_to_string(&place).ok().and_then(|text| text.trim().parse().ok());
            let seed = seed.unwrap_or(call.seed);
            let explored = Explored {
                schedules: seed.saturating_sub(call.seed).saturating_add(1).min(call.schedules),
                wrong: 1,
                first: Some(finding.message.clone()),
                finding: Some(Finding { seed: Some(seed), ..finding }),
                ..Explored::default()
            };
            done.push(Outcome::of(name, explored));
            return Ok(done);
        }
    }
}

/// How a process ended, with its last words.
fn crashed(status: &str, said: &str) -> String {
    let last: Vec<&str> = said.lines().rev().filter(|line| !line.trim().is_empty()).take(3).collect();
    let last: Vec<&str> = last.into_iter().rev().map(str::trim).collect();
    match last.is_empty() {
        true => format!("the process ended in the middle of the test ({status})"),
        false => format!(
            "the process ended in the middle of the test ({status}); its last words: {}",
            last.join(" / ")
        ),
    }
}
