//! Finish line, solved with a channel and one thread that counts.
//!
//! The runners know no place: they send their number. The judge receives, and only the judge has the count, so there is
//! nothing to lock. The loop ends when the last runner has dropped its sender, whether that runner has arrived, given up
//! or panicked. A loop that waits for as many messages as there are runners would wait for ever.

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
                    // An error would mean that the judge has left. The runner does not mind.
                    let _ = sender.send(runner);
                }
            });
        }
        // The sender that the others were cloned from. While it lives, a message could still come.
        drop(sender);
        for (place, runner) in (1..).zip(arrivals) {
            announce(place, runner);
        }
    });
}
