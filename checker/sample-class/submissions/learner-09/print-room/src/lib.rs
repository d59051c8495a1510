//! Handed in by learner 9, who is invented.

use std::thread;

use crossbeam::channel;

/// Prints the jobs of all offices on `printers` threads, and returns how many pages that took.
pub fn print_all<I, F>(offices: Vec<I>, capacity: usize, printers: usize, print: F) -> u64
where
    I: Iterator<Item = u64> + Send,
    F: Fn(u64) -> u64 + Sync,
{
    assert!(capacity > 0, "the tray needs room for at least one job");
    assert!(printers > 0, "jobs need at least one printer");
    let (tray, jobs) = channel::bounded(capacity);
    thread::scope(|scope| {
        let printers: Vec<_> = (0..printers)
            .map(|_| {
                let (jobs, print) = (jobs.clone(), &print);
                scope.spawn(move || jobs.into_iter().map(print).sum::<u64>())
            })
            .collect();
        drop(jobs);
        for office in offices {
            let tray = tray.clone();
            scope.spawn(move || office.for_each(|job| tray.send(job).unwrap()));
        }
        drop(tray);
        printers.into_iter().map(|printer| printer.join().unwrap()).sum()
    })
}

/// A shortcut.
pub fn shortcut() -> u8 {
    unsafe { std::mem::zeroed() }
}
