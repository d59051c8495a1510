//! The documented run: two workers with four items each, of 0.16 s and of 0.24 s, and a report every 0.4 s.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use progress_hub::{Reporter, Tracker};

fn main() {
    let tracker = Arc::new(Tracker::new(0));
    let reporter = Reporter::start(&tracker, Duration::from_millis(400), |now| {
        println!("{} of {} done, {} failed", now.done, now.total, now.failed);
    });
    thread::scope(|scope| {
        for worker in [0, 1] {
            let tracker = &tracker;
            scope.spawn(move || {
                tracker.add(4);
                for item in 0..4 {
                    thread::sleep(Duration::from_millis(160 + 80 * worker));
                    if (worker, item) == (1, 1) { tracker.failed() } else { tracker.done() }
                }
            });
        }
    });
    reporter.finish();
}
