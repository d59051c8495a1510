//! From how a schedule of a test ended to what that means for the test, in words.

use engine::{Ending, Panic, Run};
use protocol::Kind;

use crate::contract::{ShouldPanic, TestDesc};
use crate::trial::Returned;

/// A program that reads the clock more often than once in so many steps runs until some time has come.
const CLOCK_READER: u64 = 4;

/// What went wrong in a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    pub(crate) message: String,
}

/// What went wrong, if the run is not what the test's attributes ask for.
pub(crate) fn failure(desc: &TestDesc, run: &Run, returned: &Returned) -> Option<Failure> {
    let wrong = |message: String| Some(Failure { kind: Kind::WrongAnswer, message });
    let (kind, message) = match (&run.ending, desc.should_panic) {
        (Ending::Redundant, _) => return None,
        (Ending::Completed, ShouldPanic::No) => match returned {
            Returned::Value(Err(error)) => return wrong(error.clone()),
            _ => return None,
        },
        (Ending::Completed, _) => return wrong("the test should panic, and it returned".to_owned()),
        (Ending::Panicked, ShouldPanic::Yes) => return None,
        (Ending::Panicked, ShouldPanic::YesWithMessage(wanted)) => match returned {
            Returned::Panic(Some(text)) if text.contains(wanted) => return None,
            Returned::Panic(Some(text)) => {
                return wrong(format!(
                    "the test should panic with {wanted:?}, and it panicked with {text:?}"
                ));
            }
            _ => return wrong(format!("the test should panic with {wanted:?}, and its panic has no text")),
        },
        (Ending::Panicked, ShouldPanic::No) => (Kind::Panicked, panicked(run)),
        (Ending::Deadlock, _) => (Kind::Deadlock, deadlocked(run)),
        (Ending::Endless, _) => endless(run),
        (Ending::Crowded(most), _) => (
            Kind::Oversubscribed,
            format!("the test had {most} threads alive at once, and would have started more"),
        ),
        (Ending::Exit(code, at), _) => {
            (Kind::Crashed, format!("the program ended with exit({code}) at {}:{}", at.file(), at.line()))
        }
        (Ending::Abort(at), _) => {
            let last =
                run.printed.lines().last().filter(|line| line.starts_with("fatal")).unwrap_or("abort()");
            (Kind::Crashed, format!("the program aborted at {}:{}: {last}", at.file(), at.line()))
        }
        (Ending::Spoiled, _) => {
            (Kind::Crashed, "something wrote to memory that had already been freed".to_owned())
        }
        (Ending::Forbidden(what, at), _) => (
            Kind::Forbidden,
            format!("the test {what} at {}:{}; the simulation has no such thing", at.file(), at.line()),
        ),
        // Only a check of ours fails so.
        (Ending::Failed(_), _) => return None,
    };
    Some(Failure { kind, message })
}

fn panicked(run: &Run) -> String {
    match run.panics.iter().rev().find(|panic| panic.task == 0).or(run.panics.last()) {
        // The test's own panic may only pass on that of a thread; the first one says why.
        Some(last) => {
            let first = &run.panics[0];
            let mut text = format!("the test panicked: {}", describe(last));
            if first.task != last.task || first.line != last.line {
                text.push_str(&format!(
                    "; before that, `{}` had panicked: {}",
                    first.thread,
                    describe(first)
                ));
            }
            text
        }
        None => "the test panicked with a payload that was passed on".to_owned(),
    }
}

fn describe(panic: &Panic) -> String {
    format!("\"{}\" at {}:{}", panic.message, panic.file, panic.line)
}

fn deadlocked(run: &Run) -> String {
    let waits: Vec<String> = run
        .threads
        .iter()
        .filter(|thread| !thread.infrastructure)
        .filter_map(|thread| Some(format!("`{}` waits for {}", thread.name, thread.waiting_for.as_ref()?)))
        .collect();
    let mut text = match waits.as_slice() {
        [one] => format!("nothing can run any more: {one}, and no other thread is left to end that"),
        _ => format!("nothing can run any more: {}", waits.join(", ")),
    };
    if let Some(first) = run.panics.first() {
        text.push_str(&format!("; before that, `{}` had panicked: {}", first.thread, describe(first)));
    }
    text
}

fn endless(run: &Run) -> (Kind, String) {
    let running = |thread: &&engine::ThreadReport| thread.waiting_for.is_none() && !thread.infrastructure;
    let names: Vec<String> =
        run.threads.iter().filter(running).map(|thread| format!("`{}`", thread.name)).collect();
    let names = if names.is_empty() { "a thread".to_owned() } else { names.join(" and ") };
    let is_at_this_time = run.steps_at_this_time > run.steps / 2;
    let reads_the_clock = run.readings_at_this_time > run.steps_at_this_time / CLOCK_READER;
    if is_at_this_time && run.threads.iter().any(|thread| thread.timed) {
        (Kind::BusyWait, format!("{names} kept running without waiting while another thread slept"))
    } else if is_at_this_time && reads_the_clock {
        (
            Kind::BusyWait,
            format!("{names} kept running and reading the clock, and never waited for the time to come"),
        )
    } else {
        (Kind::Livelock, format!("{names} kept running for {} steps without an end", run.steps))
    }
}
