//! A print room: offices put jobs on a tray, printers take them off.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex};
use std::thread;

/// Where jobs lie until a printer takes them. Holds `capacity` jobs and no more.
#[derive(Debug)]
struct Tray {
    state: Mutex<State>,
    /// Notified when there is something new on the tray.
    changed: Condvar,
    capacity: usize,
}

#[derive(Debug)]
struct State {
    jobs: VecDeque<u64>,
    /// How many offices may still bring jobs.
    offices: usize,
}

impl Tray {
    fn new(capacity: usize, offices: usize) -> Self {
        let state = Mutex::new(State { jobs: VecDeque::new(), offices });
        Self { state, changed: Condvar::new(), capacity }
    }

    /// Puts a job on the tray. Waits while it is full.
    fn put(&self, job: u64) {
        let mut state = self.state.lock().unwrap();
        while state.jobs.len() == self.capacity {
            state = self.changed.wait(state).unwrap();
        }
        state.jobs.push_back(job);
        self.changed.notify_one();
    }

    /// Takes the oldest job off the tray. Waits while it is empty. `None` when no job will come any more.
    fn take(&self) -> Option<u64> {
        let mut state = self.state.lock().unwrap();
        while state.jobs.is_empty() && state.offices > 0 {
            state = self.changed.wait(state).unwrap();
        }
        let job = state.jobs.pop_front();
        self.changed.notify_one();
        job
    }

    /// One office has no more jobs.
    fn office_closes(&self) {
        let mut state = self.state.lock().unwrap();
        state.offices -= 1;
        if state.offices == 0 {
            // All printers have to know.
            self.changed.notify_all();
        }
    }
}

/// Prints the jobs of all offices on `printers` threads, and returns how many pages that took.
///
/// * `offices`: the jobs of each office. An iterator may be slow; each gets a thread of its own.
/// * `capacity`: how many jobs the tray holds.
/// * `print`: prints one job and returns its number of pages. It does not panic.
///
/// # Panics
/// If `capacity` or `printers` is 0.
pub fn print_all<I, F>(offices: Vec<I>, capacity: usize, printers: usize, print: F) -> u64
where
    I: Iterator<Item = u64> + Send,
    F: Fn(u64) -> u64 + Sync,
{
    assert!(capacity > 0, "the tray needs room for at least one job");
    assert!(printers > 0, "jobs need at least one printer");
    let (tray, pages) = (Tray::new(capacity, offices.len()), AtomicU64::new(0));

    thread::scope(|scope| {
        // The threads have names, so that the lanes can be read.
        for i in 1..=printers {
            let printer = || {
                while let Some(job) = tray.take() {
                    pages.fetch_add(print(job), Ordering::Relaxed);
                }
            };
            let thread = thread::Builder::new().name(format!("printer {i}"));
            thread.spawn_scoped(scope, printer).expect("a printer starts");
        }
        for (i, jobs) in (1..).zip(offices) {
            let tray = &tray;
            let office = move || {
                for job in jobs {
                    tray.put(job);
                }
                tray.office_closes();
            };
            let thread = thread::Builder::new().name(format!("office {i}"));
            thread.spawn_scoped(scope, office).expect("an office opens");
        }
    });
    pages.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tomás's first test.
    #[test]
    fn one_office_and_one_printer() {
        assert_eq!(print_all(vec![1..=100], 2, 1, |job| job % 3), 100);
    }

    /// Tomás's second test, with three of each, as on his desk. The jobs all fit on the tray.
    #[test]
    fn three_offices_and_three_printers() {
        assert_eq!(print_all(vec![1..=3, 4..=6, 7..=9], 10, 3, |job| job), 45);
    }
}
