//! Handed in by learner 7, who is invented.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, Thread};

#[derive(Default)]
struct Tray {
    jobs: VecDeque<u64>,
    offices: usize,
    waiting_offices: Vec<Thread>,
    waiting_printers: Vec<Thread>,
}

fn wake(threads: &mut Vec<Thread>) {
    threads.drain(..).for_each(|thread| thread.unpark());
}

/// Prints the jobs of all offices on `printers` threads, and returns how many pages that took.
pub fn print_all<I, F>(offices: Vec<I>, capacity: usize, printers: usize, print: F) -> u64
where
    I: Iterator<Item = u64> + Send,
    F: Fn(u64) -> u64 + Sync,
{
    assert!(capacity > 0, "the tray needs room for at least one job");
    assert!(printers > 0, "jobs need at least one printer");
    let tray = Mutex::new(Tray { offices: offices.len(), ..Tray::default() });
    let pages = AtomicU64::new(0);
    let put = |job| {
        loop {
            let mut tray = tray.lock().unwrap();
            if tray.jobs.len() < capacity {
                tray.jobs.push_back(job);
                return wake(&mut tray.waiting_printers);
            }
            tray.waiting_offices.push(thread::current());
            drop(tray);
            thread::park();
        }
    };
    let take = || {
        loop {
            let mut tray = tray.lock().unwrap();
            if let Some(job) = tray.jobs.pop_front() {
                wake(&mut tray.waiting_offices);
                return Some(job);
            }
            if tray.offices == 0 {
                return None;
            }
            tray.waiting_printers.push(thread::current());
            drop(tray);
            thread::park();
        }
    };
    thread::scope(|scope| {
        for _ in 0..printers {
            scope.spawn(|| {
                while let Some(job) = take() {
                    pages.fetch_add(print(job), Ordering::Relaxed);
                }
            });
        }
        for office in offices {
            let (put, tray) = (&put, &tray);
            scope.spawn(move || {
                office.for_each(put);
                let mut tray = tray.lock().unwrap();
                tray.offices -= 1;
                wake(&mut tray.waiting_printers);
            });
        }
    });
    pages.into_inner()
}
