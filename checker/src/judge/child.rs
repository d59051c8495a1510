//! Running a check program: what it is asked, what it answers, and what its silence means.

use crate::judge::clean::Clean;
use crate::judge::decoys::{Runs, Unfinished};
use crate::judge::news::News;
use crate::judge::output::{Answer, Tail};
use crate::legible;
use crate::process::cancel::Cancel;
use crate::process::jail::Policy;
use crate::process::{self, Ending, Limits, Stream};
use crate::verdict::{Check, Finding, Kind, Status};
use anyhow::{Context, Result, bail};
use protocol::{Cut, Event, Listed, Request};
use serde_json::Value;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a program may write that is not an answer, before it is stopped.
const JUNK_LIMIT: usize = 4 << 20;
/// What a program may take of a machine on which someone is working.
const MEMORY_LIMIT: u64 = 2 << 30;

/// After so many checks that hang, and take their time for it, one more would tell nothing new.
pub const HANGS: usize = 3;
/// A secret for one program.
pub fn nonce() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).context("the operating system gives no random numbers")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What nobody can know before.
pub fn draw() -> Result<u64> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).context("the operating system gives no random numbers")?;
    Ok(u64::from_le_bytes(bytes))
}

/// Runs the checks that `request` asks for, each to its end; those after a crash in a new child, and the rest of
/// those that pause. `tell` hears of each as it happens.
///
/// # Errors
/// If the trouble is not the learner's.
pub fn run(
    program: &Path,
    request: &Request,
    cancel: &Cancel,
    tell: &mut dyn FnMut(News),
) -> Result<Vec<Check>> {
    let deadline = Instant::now() + Duration::from_millis(request.timeout_ms);
    run_until(deadline, None, program, request, cancel, tell)
}

/// As [`run`], with a deadline that others have too. `suite` has the checks of the program, if they are known.
///
/// # Errors
/// If the trouble is not the learner's.
pub fn run_until(
    deadline: Instant,
    mut suite: Option<Vec<Listed>>,
    program: &Path,
    request: &Request,
    cancel: &Cancel,
    tell: &mut dyn FnMut(News),
) -> Result<Vec<Check>> {
    let limit = Duration::from_millis(request.timeout_ms);
    let policy = Policy { read: vec![program.to_owned(), request.snapshots.clone()], ..Policy::default() };
    let limits = Limits { deadline, memory: Some(MEMORY_LIMIT), cancel, jail: Some(&policy) };
    let mut request = request.clone();
    let mut checks: Vec<Check> = Vec::new();
    let mut hangs = 0;
    let mut killed = BTreeSet::new();
    let mut runs = Runs::new(request.draw);
    loop {
        runs.begin();
        let child = Child::run(program, &request, &limits, &mut runs, tell)?;
        // A child that was begun too late has had no time to say anything.
        let has_begun = child.suite.is_some() || matches!(child.end, End::PastDeadline);
        let Some(listed) = suite.take().or(child.suite).filter(|_| has_begun) else {
            // No learner code has run yet.
            let Finding { message, printed, .. } = child.end.finding(limit);
            bail!("the check program did not list its checks: {message}\n{}", printed.unwrap_or_default());
        };
        if let End::Died { how, stderr, .. } = &child.end
            && !has_overflowed(stderr)
            && let Some(lacks) = process::memory_lacks(MEMORY_LIMIT)
        {
            bail!("the check program ended: {how}; {lacks}");
        }
        let asked = |name: &String| request.only.as_ref().is_none_or(|only| only.contains(name));
        // Of what it was not asked for, another child reports.
        checks.extend(child.ended.into_iter().filter(|check| asked(&check.name)));
        let reported = |name: &String| checks.iter().any(|check| check.name == *name);
        let rest = listed.iter().filter(|listed| asked(&listed.name) && !reported(&listed.name));
        let mut rest: Vec<Listed> = rest.cloned().collect();
        if let Some(at) = rest.iter().position(|listed| child.started.as_ref() == Some(&listed.name)) {
            rest[..=at].rotate_right(1);
        }
        // Such an end is no fault of its own, unless it comes again.
        let is_asked_again = child.end.was_killed() && killed.insert(child.started.clone());
        let mut lost = if is_asked_again { 0 } else { child.end.loses(rest.len()) };
        hangs += usize::from(matches!(child.end, End::Stuck(_)));
        let (finding, status) = (child.end.finding(limit), child.end.status());
        request.resume = None;
        if let Some(at) = rest.first().filter(|_| lost > 0) {
            let alone = || {
                let request = Request { only: Some(vec![at.name.clone()]), draw: None, ..request.clone() };
                let suite = Some(listed.clone());
                Ok(run_until(deadline, suite, program, &request, cancel, &mut |_| ())?.pop())
            };
            if let Some(own) = child.end.own_failure(runs.unfinished(&at.name), alone)? {
                tell(News::Ended(Box::new(own.clone())));
                checks.push(own);
                rest.remove(0);
                lost -= 1;
            }
        }
        if let End::Paused { resume } = child.end {
            request.resume = Some(resume);
        }
        let mut report = |listed, status, finding| {
            let check = unrun(listed, status, finding);
            tell(News::Ended(Box::new(check.clone())));
            checks.push(check);
        };
        rest.drain(..lost).for_each(|listed| report(listed, status, finding.clone()));
        if hangs >= HANGS {
            let finding = left_out();
            rest.drain(..).for_each(|listed| report(listed, Status::Undecided, finding.clone()));
        }
        if rest.is_empty() {
            checks.sort_by_key(|check| listed.iter().position(|listed| listed.name == check.name));
            return Ok(checks);
        }
        request.only = Some(rest.into_iter().map(|listed| listed.name).collect());
        suite = Some(listed);
    }
}

/// The checks that a program has.
///
/// # Errors
/// If the trouble is not the learner's: none of it has run.
pub fn list(program: &Path, request: &Request, cancel: &Cancel) -> Result<Vec<Listed>> {
    let request = Request { only: Some(Vec::new()), ..request.clone() };
    let mut listed = Vec::new();
    run(program, &request, cancel, &mut |news| {
        if let News::Listed(checks) = news {
            listed = checks;
        }
    })?;
    Ok(listed)
}

/// What is said of a check that was not tried.
pub fn left_out() -> Finding {
    let message = "not tried: three checks before this one have hung";
    Finding { left_out: true, ..Finding::new(Kind::TimedOut, message) }
}

pub fn unrun(listed: Listed, status: Status, finding: Finding) -> Check {
    Check {
        name: listed.name,
        clause: listed.clause,
        status,
        schedules: 0,
        exhausted: None,
        finding: Some(finding),
        duration_ms: 0,
    }
}

/// What was heard from one child.
struct Child {
    suite: Option<Vec<Listed>>,
    ended: Vec<Check>,
    /// The check it was at.
    started: Option<String>,
    end: End,
}

enum End {
    /// It has run everything and said so.
    Done,
    Paused {
        resume: Value,
    },
    PastDeadline,
    Flooded,
    Stuck(Cut),
    Aborting(Cut),
    Died {
        how: String,
        stderr: String,
        /// Somebody else, or the kernel for want of memory, has ended it.
        was_killed: bool,
    },
}

impl End {
    /// How many of the checks that are `left` have no report, and get none.
    fn loses(&self, left: usize) -> usize {
        match self {
            End::Paused { .. } => 0,
            // If some are left, somebody else has said that all had ended: no program of ours does. Past the deadline no time is
            // left for the others either.
            End::Done | End::PastDeadline => left,
            End::Flooded | End::Stuck(_) | End::Aborting(_) | End::Died { .. } => left.min(1),
        }
    }

    fn status(&self) -> Status {
        if matches!(self, End::PastDeadline) { Status::Undecided } else { Status::Failed }
    }

    fn was_killed(&self) -> bool {
        matches!(self, End::Died { was_killed: true, .. })
    }

    /// The check's own failure, if it has one and the child ended in the run of its decoy: how that ends says nothing of the check.
    /// `alone` runs the check without the decoy.
    fn own_failure(
        &self,
        unfinished: Unfinished,
        alone: impl FnOnce() -> Result<Option<Check>>,
    ) -> Result<Option<Check>> {
        let own = match unfinished {
            Unfinished::Decoy { own } => Some(*own),
            Unfinished::DecoyFirst if matches!(self, End::PastDeadline | End::Done) => None,
            Unfinished::DecoyFirst => alone()?,
            Unfinished::Own => None,
        };
        Ok(own.filter(|own| own.status == Status::Failed))
    }

    fn finding(&self, limit: Duration) -> Finding {
        match self {
            End::Done | End::Paused { .. } => {
                Finding::new(Kind::Crashed, "the program ended without running this check")
            }
            End::PastDeadline => {
                let message = format!("the limit of {} s passed before anything was proven", limit.as_secs());
                Finding::new(Kind::TimedOut, message)
            }
            End::Flooded => Finding::new(
                Kind::Crashed,
                format!("it printed too much: more than {} MiB", JUNK_LIMIT >> 20),
            ),
            End::Stuck(cut) => cut_off(Kind::TimedOut, cut.message.clone(), cut),
            End::Aborting(cut) => {
                cut_off(Kind::Crashed, format!("the whole program ended here: {}", cut.message), cut)
            }
            End::Died { how, stderr, .. } => {
                let memory =
                    || format!("it used more than the {} GiB of memory that it may use", MEMORY_LIMIT >> 30);
                let how = if has_overflowed(stderr) {
                    "a thread has overflowed its stack".to_owned()
                } else if stderr.lines().any(is_out_of_memory) {
                    memory()
                } else {
                    how.clone()
                };
                let message = format!("the whole program ended here: {how}");
                let mut finding = Finding::new(Kind::Crashed, message);
                finding.printed = Some(legible::text(stderr)).filter(|text| !text.is_empty());
                finding
            }
        }
    }
}

/// What is told of a schedule that was cut off.
fn cut_off(kind: Kind, message: String, cut: &Cut) -> Finding {
    Finding {
        seed: Some(cut.seed),
        input: cut.input.clone(),
        threads: cut.thread.clone().into_iter().collect(),
        ..Finding::new(kind, message)
    }
}

/// Whether Rust has said that a stack was too small for what it was used for.
fn has_overflowed(stderr: &str) -> bool {
    stderr.contains("has overflowed its stack")
}

/// What Rust says before it aborts because it was refused memory.
fn is_out_of_memory(line: &str) -> bool {
    line.starts_with("memory allocation of ") && line.contains(" bytes failed")
}

impl Child {
    fn run(
        program: &Path,
        request: &Request,
        limits: &Limits<'_>,
        runs: &mut Runs,
        tell: &mut dyn FnMut(News),
    ) -> Result<Child> {
        let mut command = Command::new(program);
        command.env_clear().stderr(Stdio::piped());
        command.current_dir(program.parent().unwrap_or(Path::new(".")));
        // Without it a Windows program can't load its own libraries.
        if let Some(root) = std::env::var_os("SystemRoot") {
            command.env("SystemRoot", root);
        }
        let mut input = serde_json::to_vec(request)?;
        input.push(b'\n');

        let mut answer = Answer::new(&request.nonce);
        let mut stderr = Tail::default();
        let mut child = Child { suite: None, ended: Vec::new(), started: None, end: End::Flooded };
        let mut all_said = Ok(ControlFlow::Continue(()));
        let ending = process::run(command, &input, limits, |stream, bytes| {
            let junk = match stream {
                Stream::Out => answer.read(bytes),
                Stream::Err => stderr.read(bytes),
            };
            for line in answer.lines.drain(..) {
                all_said = child.take_in(&line, runs, tell);
                if !matches!(all_said, Ok(ControlFlow::Continue(()))) {
                    return ControlFlow::Break(());
                }
            }
            if junk > JUNK_LIMIT { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        if all_said?.is_continue() {
            child.end = match (child.end, ending) {
                (told @ (End::Stuck(_) | End::Aborting(_)), _) => told,
                (_, Ending::PastDeadline) => End::PastDeadline,
                (_, Ending::CutOff) => End::Flooded,
                (_, Ending::Exited(status)) => {
                    let was_killed = process::was_killed(status);
                    End::Died { how: process::describe(status), stderr: stderr.text(), was_killed }
                }
            };
        }
        Ok(child)
    }

    /// Takes in one line of the answer; breaks when it is the last.
    fn take_in(
        &mut self,
        line: &[u8],
        runs: &mut Runs,
        tell: &mut dyn FnMut(News),
    ) -> Result<ControlFlow<()>> {
        let event: Event =
            serde_json::from_slice(line).context("the check program wrote a line we can't read")?;
        match event.clean() {
            Event::Suite { checks } => {
                tell(News::Listed(checks.clone()));
                self.suite = Some(checks);
            }
            Event::Start { check } => {
                // That a decoy runs is nothing to tell.
                if self.started.as_ref() != Some(&check) {
                    tell(News::Started(check.clone()));
                }
                self.started = Some(check);
            }
            Event::End { check } => {
                if let Some(check) = runs.ended(*check) {
                    tell(News::Ended(Box::new(check.clone())));
                    self.started = None;
                    self.ended.push(check);
                }
            }
            Event::Stuck(cut) => {
                self.started = Some(cut.check.clone());
                self.end = End::Stuck(cut);
            }
            Event::Paused { resume } => {
                self.end = End::Paused { resume };
                return Ok(ControlFlow::Break(()));
            }
            Event::Aborting(cut) => {
                self.started = Some(cut.check.clone());
                self.end = End::Aborting(cut);
            }
            Event::Played { played } => tell(News::Played(played)),
            Event::Done => {
                self.end = End::Done;
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}
