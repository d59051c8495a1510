//! From what the engine knows of a run to what is told of it: where the threads stood, and each step.

use engine::{Event, Run};

use crate::{Schedule, Step, Thread};

/// Where the threads stood that had not finished; those of a library's own pool that idle are left out.
pub fn threads(run: &Run) -> Vec<Thread> {
    let told = run.threads.iter().filter(|thread| !thread.infrastructure).map(|thread| {
        let (file, line) = thread.at.clone().unzip();
        let (name, waiting_for) = (thread.name.clone(), thread.waiting_for.clone());
        Thread { name, file, line, waiting_for, caller: thread.called_from }
    });
    told.collect()
}

/// The steps of a run. Of what happens inside of something, `inside` has the name of that; steps of it that follow each other
/// at one line are one. `outcome` says what became of the event at a place, where that is not what the event says.
pub fn schedule(
    run: &Run,
    inside: &dyn Fn(&Event) -> Option<String>,
    outcome: &dyn Fn(usize) -> Option<String>,
) -> Schedule {
    let mut steps: Vec<Step> = Vec::new();
    let mut was_inside = false;
    for (place, event) in run.events.iter().enumerate().filter(|(_, event)| !event.internal) {
        let inside = inside(event);
        let is_inside = inside.is_some();
        let mut step = step(run, event, inside);
        if let Some(outcome) = outcome(place).filter(|_| !is_inside) {
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

fn step(run: &Run, event: &Event, inside: Option<String>) -> Step {
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
