//! not found: the twin of statistics_wrong.rs, with the orders it needs
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

fn main() {
    let (bytes, files, done) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|s| {
        for size in [10, 20] {
            let (bytes, files, done) = (&bytes, &files, &done);
            s.spawn(move || {
                bytes.fetch_add(size, Ordering::Relaxed);
                files.fetch_add(1, Ordering::Relaxed);
                done.fetch_add(1, Ordering::Release);
            });
        }
        while done.load(Ordering::Acquire) < 2 {
            thread::yield_now();
        }
        let report = (files.load(Ordering::Relaxed), bytes.load(Ordering::Relaxed));
        assert_eq!(report, (2, 30), "the report came too early");
    });
}
