//! breaks: clause 3 · finding: panicked
//! A message is expected from every runner, and one that gives up sends none.

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
        for place in 1..=runners {
            announce(place, arrivals.recv().unwrap());
        }
    });
}
