//! breaks: clause 1 · finding: race
//! Each runner takes its own place and then sends it: another one may overtake it in between.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

pub fn race<F, A>(runners: usize, run: F, mut announce: A)
where
    F: Fn(usize) -> bool + Sync,
    A: FnMut(usize, usize),
{
    let (sender, arrivals) = mpsc::channel();
    let places = AtomicUsize::new(0);
    thread::scope(|scope| {
        for runner in 0..runners {
            let (sender, run, places) = (sender.clone(), &run, &places);
            scope.spawn(move || {
                if run(runner) {
                    let place = places.fetch_add(1, Ordering::SeqCst) + 1;
                    let _ = sender.send((place, runner));
                }
            });
        }
        drop(sender);
        for (place, runner) in arrivals {
            announce(place, runner);
        }
    });
}
