//! What is told of a failing run: where the threads stood, and the steps of its schedule.

use engine::{READ_DATA, Run};
use protocol::{Finding, account};

use crate::classify::{CHECKS, waits_for};
use crate::expect::Failure;
use crate::plain::WRITE_DATA;
use crate::stale;

/// What is told of a failing run whose stacks have been looked at.
pub(crate) fn finding(failure: Failure, seed: u64, input: String, run: &Run) -> Finding {
    let mut threads = account::threads(run);
    for (told, known) in threads.iter_mut().zip(run.threads.iter().filter(|thread| !thread.infrastructure)) {
        told.waiting_for = waits_for(known);
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
