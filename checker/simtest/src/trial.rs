//! One test, in an execution for each seed.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use engine::{Ending, Limits, Options, Run, Strategy, Style, execute};

use crate::arguments::Arguments;
use crate::contract::{Bencher, ShouldPanic, TestDesc, TestDescAndFn, TestFn};

/// Threads that may be alive at once in a test.
pub(crate) const THREADS: usize = 2_000;
/// Schedules that are tried however many steps they take.
pub(crate) const LEAST: u64 = 10;

/// How a test ended in the schedules that were tried.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What the last schedule that was tried says.
    pub verdict: Verdict,
    /// How many schedules were tried.
    pub schedules: u64,
    /// How many steps these took together.
    pub steps: u64,
    /// The most threads that were still blocked when the test function had returned.
    pub left: usize,
}

/// How a schedule ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// As the test wants it.
    Passed,
    /// Otherwise.
    Failed {
        /// How, in one word: `panicked`, `deadlock`, `endless`, `returned-error`, …
        kind: &'static str,
        /// What was seen.
        message: String,
        /// Where, if that can be told.
        at: Option<(String, u32)>,
        /// Runs the schedule again.
        seed: u64,
        /// What the test printed.
        printed: String,
    },
}

/// Runs a test under one seed after the other, until one fails or enough were tried.
pub fn attempt(test: &TestDescAndFn, arguments: &Arguments) -> Outcome {
    let mut outcome = Outcome { verdict: Verdict::Passed, schedules: 0, steps: 0, left: 0 };
    while outcome.schedules < arguments.schedules
        && (outcome.schedules < LEAST || outcome.steps < arguments.budget)
    {
        let seed = arguments.seed.wrapping_add(outcome.schedules);
        let options = Options {
            strategy: Strategy::new(seed, Style::Mixed),
            limits: Limits { steps: arguments.steps, threads: THREADS },
            explain: true,
            trace: false,
            source: test.desc.source_file,
        };
        let (run, returned) = schedule(test, options);
        outcome.schedules += 1;
        outcome.steps += run.steps;
        let left = run.threads.iter().filter(|thread| !thread.infrastructure).count();
        outcome.left = outcome.left.max(left);
        if let Err((kind, message, at)) = judge(&test.desc, &run, &returned) {
            outcome.verdict = Verdict::Failed { kind, message, at, seed, printed: run.printed };
            break;
        }
    }
    outcome
}

/// One schedule, and what the test function returned in it, if it did return.
pub(crate) fn schedule(test: &TestDescAndFn, options: Options<'_>) -> (Run, Returned) {
    let returned = RefCell::new(Returned::Never);
    let run = execute(options, &|| {
        // Another thread's panic may be what comes out: the payload says which it was, as it does to libtest.
        let result = catch_unwind(AssertUnwindSafe(|| call(test.testfn)));
        match result {
            Ok(result) => *returned.borrow_mut() = Returned::Value(result),
            Err(payload) => {
                *returned.borrow_mut() = Returned::Panic(text(&*payload));
                resume_unwind(payload);
            }
        }
    });
    (run, returned.into_inner())
}

/// What came out of a test function.
pub(crate) enum Returned {
    /// It did not return.
    Never,
    /// With this.
    Value(Result<(), String>),
    /// With what it panicked, if that is text.
    Panic(Option<String>),
}

fn text(payload: &(dyn Any + Send)) -> Option<String> {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
}

fn call(function: TestFn) -> Result<(), String> {
    match function {
        TestFn::StaticTestFn(function) => function(),
        TestFn::StaticBenchFn(function) | TestFn::StaticBenchAsTestFn(function) => {
            function(&mut Bencher::default())
        }
    }
}

type Failure = (&'static str, String, Option<(String, u32)>);

/// Whether the run is what the test's attributes ask for.
fn judge(desc: &TestDesc, run: &Run, returned: &Returned) -> Result<(), Failure> {
    let own = run.panics.iter().rfind(|panic| panic.task == 0);
    match (&run.ending, desc.should_panic) {
        (Ending::Completed, ShouldPanic::No) => match returned {
            Returned::Value(Err(error)) => Err(("returned-error", error.clone(), None)),
            _ => Ok(()),
        },
        (Ending::Completed, _) => Err(("did-not-panic", "should panic, and did not".to_owned(), None)),
        (Ending::Panicked, ShouldPanic::Yes) => Ok(()),
        (Ending::Panicked, ShouldPanic::YesWithMessage(wanted)) => match returned {
            Returned::Panic(Some(text)) if text.contains(wanted) => Ok(()),
            Returned::Panic(Some(text)) => {
                let message = format!("should panic with {wanted:?}, and panicked with {text:?}");
                Err(("other-panic", message, own.map(|panic| (panic.file.clone(), panic.line))))
            }
            _ => Err(("other-panic", format!("should panic with {wanted:?}; there was no message"), None)),
        },
        (Ending::Panicked, ShouldPanic::No) => {
            let message = own.map_or_else(String::new, |panic| panic.message.clone());
            Err(("panicked", message, own.map(|panic| (panic.file.clone(), panic.line))))
        }
        (ending, _) => Err(stopped(ending, run)),
    }
}

/// What is said of an execution that was stopped.
fn stopped(ending: &Ending, run: &Run) -> Failure {
    let place = |at: &engine::Loc| Some((at.file().to_owned(), at.line()));
    match ending {
        Ending::Deadlock => {
            let waits = |thread: &engine::ThreadReport| {
                let what = thread.waiting_for.as_deref().unwrap_or("nothing");
                let at = thread.at.as_ref().map_or_else(String::new, |(_, line)| format!(" (line {line})"));
                format!("`{}` waits for {what}{at}", thread.name)
            };
            let told: Vec<String> = run.threads.iter().map(waits).collect();
            ("deadlock", told.join(", "), run.threads.first().and_then(|thread| thread.at.clone()))
        }
        Ending::Endless => {
            let still = run.steps_at_this_time;
            ("endless", format!("{} steps, {still} of them while time stood still", run.steps), None)
        }
        Ending::Crowded(most) => ("crowded", format!("more than {most} threads at once"), None),
        Ending::Exit(code, at) => ("exit", format!("ends the process with code {code}"), place(at)),
        Ending::Abort(at) => ("abort", run.printed.lines().last().unwrap_or("aborts").to_owned(), place(at)),
        Ending::Forbidden(what, at) => ("not-simulated", what.clone(), place(at)),
        other => ("stopped", format!("{other:?}"), None),
    }
}
