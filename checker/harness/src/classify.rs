//! From how an execution ended to what that means for the learner's program.

use engine::{Ending, Panic, Run, ThreadReport};

use crate::expect::Failure;
use protocol::Kind;

/// The file of an exercise's checks.
pub(crate) const CHECKS: &str = "checks.rs";

/// What a `todo!()` panics with.
const TODO: [&str; 2] = ["not yet implemented", "not implemented"];

/// A program that reads the clock more often than once in so many steps runs until some time has come.
const CLOCK_READER: u64 = 4;

/// What went wrong in the run, if anything did.
pub(crate) fn classify(run: &Run) -> Option<Failure> {
    if let Some(panic) = run.panics.iter().find(|p| TODO.iter().any(|t| p.message.starts_with(t))) {
        let message = format!("a todo!() is still to be filled in at {}:{}", panic.file, panic.line);
        return Some(Failure { kind: Kind::Unfinished, message, moment: None });
    }
    let (kind, message) = match &run.ending {
        Ending::Completed | Ending::Redundant => return None,
        Ending::Failed(payload) => return payload.downcast_ref::<Failure>().cloned(),
        Ending::Panicked => (Kind::Panicked, panicked(run)),
        Ending::Deadlock => (Kind::Deadlock, deadlocked(run)),
        Ending::Endless => endless(run),
        Ending::Crowded(most) => (
            Kind::Oversubscribed,
            format!("the program had {most} threads alive at once, and would have started more"),
        ),
        Ending::Exit(code, at) => (
            Kind::Crashed,
            format!("the program ended itself with exit({code}) at {}:{}", at.file(), at.line()),
        ),
        Ending::Abort(at) => {
            (Kind::Crashed, format!("the program aborted itself at {}:{}", at.file(), at.line()))
        }
        Ending::Spoiled => (
            Kind::Crashed,
            "the program, or a library that it uses, wrote to memory that had already been freed".into(),
        ),
        Ending::Forbidden(what, at) => (
            Kind::Forbidden,
            format!("the program {what} at {}:{}, which an exercise may not do", at.file(), at.line()),
        ),
    };
    Some(Failure { kind, message, moment: None })
}

fn panicked(run: &Run) -> String {
    match run.panics.iter().rev().find(|p| p.task == 0).or(run.panics.last()) {
        // The caller's own panic may only pass on that of a thread; the first one says why.
        Some(last) => {
            let first = &run.panics[0];
            let mut text = format!("the call panicked: {}", describe(last));
            if first.task != last.task || first.line != last.line {
                text.push_str(&format!("; before that, {}", describe_in_thread(first)));
            }
            text
        }
        None => "the call panicked with a payload that was passed on".into(),
    }
}

fn describe(panic: &Panic) -> String {
    format!("\"{}\" at {}:{}", panic.message, panic.file, panic.line)
}

fn describe_in_thread(panic: &Panic) -> String {
    format!("`{}` had panicked: {}", panic.thread, describe(panic))
}

/// What a thread waits for. What a check waits for itself, in a function that it has passed to the learner's code, says so.
pub(crate) fn waits_for(thread: &ThreadReport) -> Option<String> {
    let what = thread.waiting_for.clone()?;
    let is_in_checks = |file: &str| file.ends_with(CHECKS);
    let is_learners = thread.at.as_ref().is_some_and(|(file, _)| !is_in_checks(file));
    let is_checks_own = is_learners && thread.waits_in.is_some_and(is_in_checks);
    let is_named = what.ends_with("to finish") || what.starts_with("the check");
    Some(if is_checks_own && !is_named { format!("{what} (the check's)") } else { what })
}

fn deadlocked(run: &Run) -> String {
    let waits: Vec<String> = run
        .threads
        .iter()
        .filter(|t| !t.infrastructure)
        .filter_map(|t| waits_for(t).map(|what| format!("`{}` waits for {what}", t.name)))
        .collect();
    let mut text = match waits.len() {
        1 => format!("nothing can run any more: {}, and no other thread is left to end that", waits[0]),
        _ => format!("nothing can run any more: {}", waits.join(", ")),
    };
    if let Some(first) = run.panics.first() {
        text.push_str(&format!("; before that, {}", describe_in_thread(first)));
    }
    text
}

fn endless(run: &Run) -> (Kind, String) {
    let spinning: Vec<String> = run
        .threads
        .iter()
        .filter(|t| t.waiting_for.is_none() && !t.infrastructure)
        .map(|t| format!("`{}`", t.name))
        .collect();
    let who = match spinning.len() {
        0 => "a thread".to_owned(),
        1 => spinning[0].clone(),
        _ => spinning.join(" and "),
    };
    let most_of_it_at_this_time = run.steps_at_this_time > run.steps / 2;
    let others_sleep = run.threads.iter().any(|t| t.timed);
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
    use std::time::Duration;

    use engine::{Limits, Options, Strategy, Style, execute};
    use simstd::sync::mpsc;
    use simstd::thread;
    use simstd::time::Instant;

    use super::*;

    const WORK: Duration = Duration::from_millis(100);

    /// Whatever the schedule, the program spins and nothing else is said of it.
    fn is_a_busy_wait(program: fn()) {
        for seed in 0..100 {
            let limits = Limits { steps: 20_000, threads: 10 };
            let strategy = Strategy::new(seed, Style::Mixed);
            let options = Options { strategy, limits, explain: false, trace: false, source: "" };
            let kind = classify(&execute(options, &program)).map(|f| f.kind);
            assert_eq!(kind, Some(Kind::BusyWait), "seed {seed}");
        }
    }

    #[test]
    fn a_spin_on_the_clock_is_a_busy_wait() {
        is_a_busy_wait(|| {
            let deadline = Instant::now() + WORK;
            while Instant::now() < deadline {}
        });
    }

    #[test]
    fn a_spin_on_elapsed_is_a_busy_wait() {
        is_a_busy_wait(|| {
            thread::scope(|scope| {
                scope.spawn(|| thread::sleep(WORK));
                let start = Instant::now();
                while start.elapsed() < WORK {
                    simstd::hint::spin_loop();
                }
            });
        });
    }

    #[test]
    fn a_spin_on_try_recv_is_a_busy_wait() {
        is_a_busy_wait(|| {
            let (sender, receiver) = mpsc::channel();
            let worker = thread::spawn(move || {
                thread::sleep(WORK);
                sender.send(1)
            });
            let start = Instant::now();
            while receiver.try_recv().is_err() && start.elapsed() < 10 * WORK {}
            let _ = worker.join();
        });
    }

    #[test]
    fn a_spin_while_another_waits_with_a_time_limit_is_a_busy_wait() {
        is_a_busy_wait(|| {
            let (sender, receiver) = mpsc::channel::<()>();
            let worker = thread::spawn(move || receiver.recv_timeout(WORK));
            while !worker.is_finished() {}
            drop(sender);
        });
    }
}
