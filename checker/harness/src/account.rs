//! What is told of a failing run: where the threads stood, and the steps of its schedule.

use engine::{READ_DATA, Run};
use protocol::{Finding, Kind, Thread, account};

use crate::classify::{CHECKS, waits_for};
use crate::expect::Failure;
use crate::plain::WRITE_DATA;
use crate::stale;

/// Of the panics of a run, so many are told with their lines.
const MOST_PANICS: usize = 3;

/// What is told of a failing run whose stacks have been looked at. `source` is the learner's.
pub(crate) fn finding(failure: Failure, seed: u64, input: String, run: &Run, source: &str) -> Finding {
    let mut threads = account::threads(run);
    for (told, known) in threads.iter_mut().zip(run.threads.iter().filter(|thread| !thread.infrastructure)) {
        told.waiting_for = waits_for(known);
    }
    if failure.kind == Kind::Panicked {
        threads.splice(0..0, panics(run, source));
    }
    Finding {
        seed: Some(seed),
        threads,
        input: Some(input).filter(|s| !s.is_empty()),
        printed: Some(run.printed.clone()).filter(|p| !p.is_empty()),
        moment: failure.moment,
        schedule: Some(account::schedule(run, &called, &|place| stale::outcome(run, place))),
        ..Finding::new(failure.kind, failure.message)
    }
}

/// Where the learner's code panicked.
fn panics(run: &Run, source: &str) -> Vec<Thread> {
    let own = run.panics.iter().filter(|panic| panic.file == source);
    let mut told: Vec<Thread> = Vec::new();
    for panic in own {
        let (file, line) = (Some(panic.file.clone()), Some(panic.line));
        if told.iter().all(|known| known.line != line) {
            told.push(Thread { name: panic.thread.clone(), file, line, waiting_for: None, caller: None });
        }
    }
    told.truncate(MOST_PANICS);
    told
}

/// Of what happens inside of a library or of the check, a learner is told what they called.
pub(crate) fn called(event: &engine::Event) -> Option<String> {
    match is_checks_own(event) {
        true => Some(CHECKS_OWN.to_owned()),
        false => event.call.clone(),
    }
}

/// What the checker draws in place of the steps of a check.
const CHECKS_OWN: &str = "(the check)";

/// Whether a check did it, in a function that the learner's code called. Its work, its writer, its data and its panics are what the
/// learner's program is about.
fn is_checks_own(event: &engine::Event) -> bool {
    let is_learners = event.at.as_ref().is_some_and(|(file, _)| !file.ends_with(CHECKS));
    let is_of_the_program = ["work", "write", "panics", READ_DATA, WRITE_DATA].contains(&event.op);
    is_learners && event.done_in.ends_with(CHECKS) && !is_of_the_program
}
