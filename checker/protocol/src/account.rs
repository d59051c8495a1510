//! From what the engine knows of a run to what is told of it: where the threads stood, and each step.

use engine::{Event, Panic, Run, ThreadReport};

use crate::{Kind, Schedule, Step, Thread};

/// A program that reads the clock more often than once in so many steps runs until some time has come.
const CLOCK_READER: u64 = 4;

/// No sentence names more threads than these.
const MOST_NAMED: usize = 8;

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

/// One event, as a step that is told of.
pub fn step(run: &Run, event: &Event, inside: Option<String>) -> Step {
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

/// What `who`, the first task, panicked with. Its own panic may only pass on that of a thread; then the first one says why.
pub fn panicked(who: &str, run: &Run) -> String {
    let Some(last) = run.panics.iter().rev().find(|panic| panic.task == 0).or(run.panics.last()) else {
        return format!("{who} panicked with a payload that was passed on");
    };
    let first = &run.panics[0];
    let mut text = format!("{who} panicked: {}", described(last));
    if first.task != last.task || first.line != last.line {
        text.push_str(&format!("; before that, {}", described_in_thread(first)));
    }
    text
}

fn described(panic: &Panic) -> String {
    format!("\"{}\" at {}:{}", panic.message, panic.file, panic.line)
}

fn described_in_thread(panic: &Panic) -> String {
    format!("`{}` had panicked: {}", panic.thread, described(panic))
}

/// What each thread waits for, where nothing can run; `waits_for` says it of one.
pub fn deadlocked(run: &Run, waits_for: &dyn Fn(&ThreadReport) -> Option<String>) -> String {
    let told = run.threads.iter().filter(|thread| !thread.infrastructure);
    let waits: Vec<(&str, String)> =
        told.filter_map(|thread| Some((thread.name.as_str(), waits_for(thread)?))).collect();
    let shown = of_each_kind(&waits);
    let others = match waits.len() - shown.len() {
        0 => String::new(),
        1 => " (and one more thread waits)".to_owned(),
        more => format!(" (and {more} more threads wait)"),
    };
    let shown: Vec<String> = shown.iter().map(|(name, what)| format!("`{name}` waits for {what}")).collect();
    let mut text = match shown.as_slice() {
        [one] if others.is_empty() => {
            format!("nothing can run any more: {one}, and no other thread is left to end that")
        }
        _ => format!("nothing can run any more: {}{others}", shown.join(", ")),
    };
    if let Some(first) = run.panics.first() {
        text.push_str(&format!("; before that, {}", described_in_thread(first)));
    }
    text
}

/// All threads that wait, and what for; of many, one for each thing that they wait for, up to as many as one can read.
fn of_each_kind<'a>(waits: &'a [(&'a str, String)]) -> Vec<&'a (&'a str, String)> {
    if waits.len() <= MOST_NAMED {
        return waits.iter().collect();
    }
    let is_first = |(place, wait): &(usize, &(&str, String))| waits[..*place].iter().all(|it| it.1 != wait.1);
    waits.iter().enumerate().filter(is_first).map(|(_, wait)| wait).take(MOST_NAMED).collect()
}

/// What kept running, where a run took more steps than it should, and which kind of fault that is.
pub fn endless(run: &Run) -> (Kind, String) {
    let runs = |thread: &&ThreadReport| thread.waiting_for.is_none() && !thread.infrastructure;
    let names: Vec<String> =
        run.threads.iter().filter(runs).map(|thread| format!("`{}`", thread.name)).collect();
    let who = match names.as_slice() {
        [] => "a thread".to_owned(),
        few if few.len() <= MOST_NAMED => names.join(" and "),
        many => format!("{}, {} and {} more threads", many[0], many[1], many.len() - 2),
    };
    let most_of_it_at_this_time = run.steps_at_this_time > run.steps / 2;
    let others_sleep = run.threads.iter().any(|thread| thread.timed);
    let reads_the_clock = run.readings_at_this_time > run.steps_at_this_time / CLOCK_READER;
    if most_of_it_at_this_time && others_sleep {
        (Kind::BusyWait, format!("{who} kept running without ever waiting while another thread was at work"))
    } else if most_of_it_at_this_time && reads_the_clock {
        (
            Kind::BusyWait,
            format!("{who} kept running and reading the clock, and never waited for the time to come"),
        )
    } else {
        (Kind::Livelock, format!("{who} kept running for {} steps without coming to an end", run.steps))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_threads_one_is_told_for_each_thing_that_they_wait_for() {
        let names: Vec<String> = (0..100).map(|i| format!("worker {i}")).collect();
        let waits: Vec<(&str, String)> =
            names.iter().enumerate().map(|(i, name)| (name.as_str(), format!("lock {}", i % 3))).collect();
        let told: Vec<&str> = of_each_kind(&waits).iter().map(|(name, _)| *name).collect();
        assert_eq!(told, ["worker 0", "worker 1", "worker 2"]);
        assert_eq!(of_each_kind(&waits[..5]).len(), 5);
    }
}
