//! breaks: clause 3 · finding: deadlock
//! As many messages are awaited as there are runners, and the judge owns a sender itself.

use std::sync::mpsc;
use std::thread;

pub fn race<F, A>(runners: usize, run: F, mut announce: A)
where
    F: Fn(usize) -> bool + Sync,
    A: FnMut(usize, usize),
{
    let (sender, arrivals) = mpsc::channel();
    thread::scope(|scope| {
        for runner in 0..runners {
            let (sender, run) = (sender.clone(), &run);
            scope.spawn(move || {
                if run(runner) {
                    let _ = sender.send(runner);
                }
            });
        }
        for (place, runner) in (1..).zip(arrivals.iter().take(runners)) {
            announce(place, runner);
        }
    });
}
