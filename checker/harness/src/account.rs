//! What is told of a failing run: where the threads stood, and the steps of its schedule.

use engine::Run;
use protocol::{Finding, Schedule, Step, Thread};

use crate::classify::{CHECKS, waits_for};
use crate::expect::Failure;
use crate::stale;

/// What is told of a failing run whose stacks have been looked at.
pub(crate) fn finding(failure: Failure, seed: u64, input: String, run: &Run) -> Finding {
    let threads = run.threads.iter().filter(|t| !t.infrastructure).map(|t| {
        let (file, line) = t.at.clone().unzip();
        Thread { name: t.name.clone(), file, line, waiting_for: waits_for(t), caller: t.called_from }
    });
    Finding {
        kind: failure.kind,
        message: failure.message,
        lacks: None,
        left_out: false,
        seed: Some(seed),
        threads: threads.collect(),
        input: Some(input).filter(|s| !s.is_empty()),
        printed: Some(run.printed.clone()).filter(|p| !p.is_empty()),
        moment: failure.moment,
        schedule: Some(schedule(run)),
        why: Vec::new(),
    }
}

/// What the checker draws in place of the steps of a check.
const CHECKS_OWN: &str = "(the check)";

/// Whether a check did it, in a function that the learner's code called. Its work, its writer and its panics are what the
/// learner's program is about.
fn is_checks_own(event: &engine::Event) -> bool {
    let is_learners = event.at.as_ref().is_some_and(|(file, _)| !file.ends_with(CHECKS));
    is_learners && event.done_in.ends_with(CHECKS) && !["work", "write", "panics"].contains(&event.op)
}

fn schedule(run: &Run) -> Schedule {
    let mut steps: Vec<Step> = Vec::new();
    let mut was_inside = false;
    for (place, event) in run.events.iter().enumerate().filter(|(_, event)| !event.internal) {
        // Of what happens inside of a library or of the check, a learner is told what they called.
        let inside = if is_checks_own(event) { Some(CHECKS_OWN.to_owned()) } else { event.call.clone() };
        let is_inside = inside.is_some();
        let mut step = step(run, event, inside);
        if let Some(outcome) = stale::outcome(run, place).filter(|_| !is_inside) {
            step.outcome = Some(outcome);
        }
        let place = |step: &Step| (step.thread.clone(), step.op.clone(), step.line);
        match steps.last_mut() {
            Some(last) if was_inside && is_inside && !last.blocked && place(last) == place(&step) => {
                last.blocked = step.blocked;
            }
            _ => steps.push(step),
        }
        was_inside = is_inside;
    }
    Schedule {
        switches: run.switches,
        steps: run.steps,
        time_ns: u64::try_from(run.time.as_nanos()).unwrap_or(u64::MAX),
        events: steps,
    }
}

fn step(run: &Run, event: &engine::Event, inside: Option<String>) -> Step {
    let (file, line) = event.at.clone().unzip();
    let is_own = inside.is_none();
    Step {
        thread: run.names.get(event.task as usize).cloned().unwrap_or_default(),
        op: inside.unwrap_or_else(|| event.op.to_owned()),
        outcome: event.outcome.clone().filter(|_| is_own),
        object: (event.object > 0 && is_own).then(|| format!("#{}", event.object)),
        file,
        line,
        time_ns: u64::try_from(event.time.as_nanos()).unwrap_or(u64::MAX),
        blocked: event.blocked,
    }
}
