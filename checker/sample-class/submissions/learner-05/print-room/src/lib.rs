//! Handed in by learner 5, who is invented.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex};
use std::thread;

struct Tray {
    state: Mutex<State>,
    changed: Condvar,
    capacity: usize,
}

struct State {
    jobs: VecDeque<u64>,
    offices: usize,
}

impl Tray {
    fn new(capacity: usize, offices: usize) -> Self {
        let state = Mutex::new(State { jobs: VecDeque::new(), offices });
        Self { state, changed: Condvar::new(), capacity }
    }

    fn put(&self, job: u64) {
        let mut state = self.state.lock().unwrap();
        while state.jobs.len() == self.capacity {
            state = self.changed.wait(state).unwrap();
        }
        state.jobs.push_back(job);
        self.changed.notify_all();
    }

    fn take(&self) -> Option<u64> {
        let mut state = self.state.lock().unwrap();
        while state.jobs.is_empty() && state.offices > 0 {
            state = self.changed.wait(state).unwrap();
        }
        let job = state.jobs.pop_front()?;
        self.changed.notify_all();
        Some(job)
    }

    fn office_closes(&self) {
        let mut state = self.state.lock().unwrap();
        state.offices -= 1;
        if state.offices == 0 {
            self.changed.notify_all();
        }
    }
}

/// Prints the jobs of all offices on `printers` threads, and returns how many pages that took.
pub fn print_all<I, F>(offices: Vec<I>, capacity: usize, printers: usize, print: F) -> u64
where
    I: Iterator<Item = u64> + Send,
    F: Fn(u64) -> u64 + Sync,
{
    assert!(capacity > 0, "the tray needs room for at least one job");
    assert!(printers > 0, "jobs need at least one printer");
    let (tray, pages) = (Tray::new(capacity, offices.len()), AtomicU64::new(0));
    thread::scope(|scope| {
        for _ in 0..printers {
            scope.spawn(|| {
                while let Some(job) = tray.take() {
                    pages.fetch_add(print(job), Ordering::Relaxed);
                }
            });
        }
        for office in offices {
            let tray = &tray;
            scope.spawn(move || {
                office.for_each(|job| tray.put(job));
                tray.office_closes();
            });
        }
    });
    pages.into_inner()
}
