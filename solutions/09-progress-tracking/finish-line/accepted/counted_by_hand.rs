//! accepted: the same with a `while let` and a count of its own

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
        let mut place = 0;
        while let Ok(runner) = arrivals.recv() {
            place += 1;
            announce(place, runner);
        }
    });
}
