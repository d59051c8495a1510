//! breaks: clause 2 · finding: busy-wait
//! The judge asks again and again, with a yield in between.

use std::sync::mpsc::{self, TryRecvError};
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
        loop {
            match arrivals.try_recv() {
                Ok(runner) => {
                    place += 1;
                    announce(place, runner);
                }
                Err(TryRecvError::Empty) => thread::yield_now(),
                Err(TryRecvError::Disconnected) => return,
            }
        }
    });
}
