//! accepted: a sync_channel whose receiver the printers share under a lock, and hold only while they wait for a job

use std::sync::{Mutex, mpsc};
use std::thread;

/// Prints the jobs of all offices on `printers` threads, and returns how many pages that took.
pub fn print_all<I, F>(offices: Vec<I>, capacity: usize, printers: usize, print: F) -> u64
where
    I: Iterator<Item = u64> + Send,
    F: Fn(u64) -> u64 + Sync,
{
    assert!(capacity > 0, "the tray needs room for at least one job");
    assert!(printers > 0, "jobs need at least one printer");
    let (tray, jobs) = mpsc::sync_channel(capacity);
    let (jobs, total) = (Mutex::new(jobs), Mutex::new(0));
    thread::scope(|scope| {
        for _ in 0..printers {
            scope.spawn(|| {
                loop {
                    let job = jobs.lock().unwrap().recv();
                    let Ok(job) = job else { break };
                    let pages = print(job);
                    *total.lock().unwrap() += pages;
                }
            });
        }
        for office in offices {
            let tray = tray.clone();
            scope.spawn(move || office.for_each(|job| tray.send(job).unwrap()));
        }
        drop(tray);
    });
    total.into_inner().unwrap()
}
