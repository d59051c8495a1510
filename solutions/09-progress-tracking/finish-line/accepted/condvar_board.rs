//! accepted: a board under a lock, and a Condvar that wakes the judge

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};
use std::thread;

/// Counts a runner out when it is dropped, even by a panic.
struct Running<'a>(&'a Mutex<(VecDeque<usize>, usize)>, &'a Condvar);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.lock().unwrap().1 -= 1;
        self.1.notify_one();
    }
}

pub fn race<F, A>(runners: usize, run: F, mut announce: A)
where
    F: Fn(usize) -> bool + Sync,
    A: FnMut(usize, usize),
{
    // Who has arrived and is not announced, and how many still run.
    let (board, news) = (Mutex::new((VecDeque::new(), runners)), Condvar::new());
    thread::scope(|scope| {
        for runner in 0..runners {
            let (board, news, run) = (&board, &news, &run);
            scope.spawn(move || {
                let _running = Running(board, news);
                if run(runner) {
                    board.lock().unwrap().0.push_back(runner);
                }
            });
        }
        for place in 1.. {
            let state = board.lock().unwrap();
            let mut state = news.wait_while(state, |(arrived, running)| arrived.is_empty() && *running > 0).unwrap();
            let Some(runner) = state.0.pop_front() else { return };
            drop(state);
            announce(place, runner);
        }
    });
}
