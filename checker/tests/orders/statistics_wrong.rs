//! found: the report misses what a worker has counted: that the worker is done is read with Relaxed
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
        while done.load(Ordering::Relaxed) < 2 {
            thread::yield_now();
        }
        let report = (files.load(Ordering::Relaxed), bytes.load(Ordering::Relaxed));
        assert_eq!(report, (2, 30), "the report came too early");
    });
}
