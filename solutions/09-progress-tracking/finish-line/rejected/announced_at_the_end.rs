//! breaks: clause 2 · finding: too-late
//! All arrivals are collected before the first one is announced.

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
        let all: Vec<usize> = arrivals.into_iter().collect();
        for (place, runner) in (1..).zip(all) {
            announce(place, runner);
        }
    });
}
