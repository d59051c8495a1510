//! Finish line: runners arrive from many threads, and one thread counts them.

use std::sync::mpsc;
use std::thread;

/// Lets all runners run at once, and announces each one that arrives with its place.
///
/// * `runners`: how many there are. They have the numbers from 0.
/// * `run`: lets one runner run. `true` means that it arrives, `false` that it gives up.
/// * `announce`: gets the place, from 1, and the number of the runner.
///
/// # Panics
/// If `run` panics for a runner.
pub fn race<F, A>(runners: usize, run: F, announce: A)
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
                    // An error would mean that the judge has left. The runner does not mind.
                    let _ = sender.send(runner);
                }
            });
        }
        let _ = (&arrivals, announce);
        todo!("announce the runners as they arrive, until no more can arrive")
    });
}
