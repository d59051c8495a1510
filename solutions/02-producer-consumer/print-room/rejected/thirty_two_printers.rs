//! breaks: clause 3 · finding: sequential
//! There are never more than 32 printers.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};
use std::thread;

struct Tray {
    /// The jobs, and how many offices may still bring some.
    state: Mutex<(VecDeque<u64>, usize)>,
    job: Condvar,
    room: Condvar,
    capacity: usize,
}

impl Tray {
    fn put(&self, job: u64) {
        let mut state = self.state.lock().unwrap();
        while state.0.len() == self.capacity {
            state = self.room.wait(state).unwrap();
        }
        state.0.push_back(job);
        self.job.notify_one();
    }

    fn take(&self) -> Option<u64> {
        let mut state = self.state.lock().unwrap();
        while state.0.is_empty() && state.1 > 0 {
            state = self.job.wait(state).unwrap();
        }
        let job = state.0.pop_front();
        self.room.notify_one();
        job
    }

    fn office_closes(&self) {
        let mut state = self.state.lock().unwrap();
        state.1 -= 1;
        if state.1 == 0 {
            self.job.notify_all();
        }
    }
}

pub fn print_all<I, F>(offices: Vec<I>, capacity: usize, printers: usize, print: F) -> u64
where
    I: Iterator<Item = u64> + Send,
    F: Fn(u64) -> u64 + Sync,
{
    assert!(capacity > 0, "the tray needs room for at least one job");
    assert!(printers > 0, "jobs need at least one printer");
    let state = Mutex::new((VecDeque::new(), offices.len()));
    let tray = Tray { state, job: Condvar::new(), room: Condvar::new(), capacity };

    thread::scope(|scope| {
        let printer = || {
            let mut pages = 0;
            while let Some(job) = tray.take() {
                pages += print(job);
            }
            pages
        };
        let printers: Vec<_> = (0..printers.min(32)).map(|_| scope.spawn(printer)).collect();
        let offices: Vec<_> = offices
            .into_iter()
            .map(|jobs| {
                let tray = &tray;
                scope.spawn(move || {
                    for job in jobs {
                        tray.put(job);
                    }
                    tray.office_closes();
                })
            })
            .collect();
        offices.into_iter().for_each(|office| office.join().unwrap());
        printers.into_iter().map(|printer| printer.join().unwrap()).sum()
    })
}
