//! breaks: clause 1 · finding: wrong-answer
//! The judge announces who is there, and leaves.

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
        for (place, runner) in (1..).zip(arrivals.try_iter()) {
            announce(place, runner);
        }
    });
}
