//! From how an execution ended to what that means for the learner's program.

use engine::{Ending, Run, ThreadReport};

use crate::expect::Failure;
use protocol::{Kind, account};

/// The file of an exercise's checks.
pub(crate) const CHECKS: &str = "checks.rs";

/// What a `todo!()` panics with.
const TODO: [&str; 2] = ["not yet implemented", "not implemented"];

/// What went wrong in the run, if anything did.
pub(crate) fn classify(run: &Run) -> Option<Failure> {
    if let Some(panic) = run.panics.iter().find(|p| TODO.iter().any(|t| p.message.starts_with(t))) {
        let message = format!("a todo!() is still to be filled in at {}:{}", panic.file, panic.line);
        return Some(Failure { kind: Kind::Unfinished, message, moment: None });
    }
    let (kind, message) = match &run.ending {
        Ending::Completed | Ending::Redundant => return None,
        Ending::Failed(payload) => return payload.downcast_ref::<Failure>().cloned(),
        Ending::Panicked => (Kind::Panicked, account::panicked("the call", run)),
        Ending::Deadlock => (Kind::Deadlock, account::deadlocked(run, &waits_for)),
        Ending::Endless => account::endless(run),
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

/// What a thread waits for. What a check waits for itself, in a function that it has passed to the learner's code, says so.
pub(crate) fn waits_for(thread: &ThreadReport) -> Option<String> {
    let what = thread.waiting_for.clone()?;
    let is_in_checks = |file: &str| file.ends_with(CHECKS);
    let is_learners = thread.at.as_ref().is_some_and(|(file, _)| !is_in_checks(file));
    let is_checks_own = is_learners && thread.waits_in.is_some_and(is_in_checks);
    let is_named = what.ends_with("to finish") || what.starts_with("the check");
    Some(if is_checks_own && !is_named { format!("{what} (the check's)") } else { what })
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
