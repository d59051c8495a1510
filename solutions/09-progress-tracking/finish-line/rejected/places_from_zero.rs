//! breaks: clause 1 · finding: wrong-answer
//! The first place is 0.

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
        drop(sender);
        for (place, runner) in arrivals.into_iter().enumerate() {
            announce(place, runner);
        }
    });
}
