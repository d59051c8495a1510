//! Handed in by learner 3, who is invented.

use std::sync::{Mutex, mpsc};
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
    let (free_place, places) = mpsc::channel();
    (0..capacity).for_each(|_| free_place.send(()).unwrap());
    // Offices stand in line for a place: the lock is the line.
    let places = Mutex::new(places);
    let (bring, jobs) = channel::unbounded();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..printers)
            .map(|_| {
                let (jobs, free_place, print) = (jobs.clone(), free_place.clone(), &print);
                scope.spawn(move || {
                    let mut pages = 0;
                    for job in jobs {
                        free_place.send(()).unwrap();
                        pages += print(job);
                    }
                    pages
                })
            })
            .collect();
        for office in offices {
            let (bring, places) = (bring.clone(), &places);
            scope.spawn(move || {
                for job in office {
                    places.lock().unwrap().recv().unwrap();
                    bring.send(job).unwrap();
                }
            });
        }
        drop(bring);
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    })
}
