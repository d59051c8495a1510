//! A limit of 100 ms, and a scope around it. The scope waits for the late work.

// ANCHOR: program
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

fn with_timeout<R: Send>(limit: Duration, work: impl FnOnce() -> R + Send, fallback: R) -> R {
    let (sender, result) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(move || {
            let _ = sender.send(work());
        });
        result.recv_timeout(limit).unwrap_or(fallback)
    })
}

pub fn main() {
    let start = Instant::now();
    let station = || {
        thread::sleep(Duration::from_millis(400));
        "17 degrees"
    };
    let report = with_timeout(Duration::from_millis(100), station, "18 degrees yesterday");
    println!("{report}, after {:.1} s", start.elapsed().as_secs_f64());
}
// ANCHOR_END: program
