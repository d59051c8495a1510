//! accepted: workers put partials on a board, a Condvar wakes the caller, who writes; leaving is counted by a guard

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Condvar, Mutex};
use std::thread;

struct Board {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    partials: VecDeque<(u64, u64)>,
    workers: usize,
}

impl Board {
    /// None when the board is empty and all workers have left.
    fn take(&self) -> Option<(u64, u64)> {
        let mut state = self.state.lock().unwrap();
        while state.partials.is_empty() && state.workers > 0 {
            state = self.changed.wait(state).unwrap();
        }
        state.partials.pop_front()
    }

    fn put(&self, n: u64, partial: u64) {
        self.state.lock().unwrap().partials.push_back((n, partial));
        self.changed.notify_one();
    }
}

/// Takes its worker off the board, also if the worker panics.
struct OnBoard<'a>(&'a Board);

impl Drop for OnBoard<'_> {
    fn drop(&mut self) {
        self.0.state.lock().unwrap().workers -= 1;
        self.0.changed.notify_one();
    }
}

/// The sum of i² for 0 ≤ i < n.
pub fn sum_of_squares(n: u64) -> u64 {
    (0..n).map(|i| i * i).sum()
}

/// Computes every task on `workers` workers and returns the sum of the partials.
pub fn run<F, W>(tasks: &[u64], workers: usize, work: F, mut out: W) -> io::Result<u64>
where
    F: Fn(u64) -> u64 + Sync,
    W: Write + Send,
{
    assert!(workers > 0, "tasks need at least one worker");
    let workers = workers.min(tasks.len());
    let state = State { partials: VecDeque::new(), workers };
    let board = Board { state: Mutex::new(state), changed: Condvar::new() };
    let queue = Mutex::new(tasks.iter().copied());
    let next = || queue.lock().unwrap().next();
    let worker = || {
        let on_board = OnBoard(&board);
        while let Some(n) = next() {
            on_board.0.put(n, work(n));
        }
    };
    let total = thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(worker);
        }
        let mut total = 0;
        while let Some((n, partial)) = board.take() {
            writeln!(out, "n={n}: {partial}")?;
            total += partial;
        }
        Ok::<u64, io::Error>(total)
    })?;
    writeln!(out, "\nAggregate total: {total}")?;
    Ok(total)
}
