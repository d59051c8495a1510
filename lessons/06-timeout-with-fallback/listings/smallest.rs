//! A thread, a channel, and a wait with a limit. Two stations: one is near, one is far.

// ANCHOR: program
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

fn report(takes: Duration, limit: Duration) -> &'static str {
    let (sender, result) = mpsc::channel();
    thread::spawn(move || {
        thread::sleep(takes); // the station measures
        let _ = sender.send("21 degrees"); // fails if nobody waits any more
    });
    match result.recv_timeout(limit) {
        Ok(report) => report,
        Err(RecvTimeoutError::Timeout) => "18 degrees yesterday",
        Err(RecvTimeoutError::Disconnected) => panic!("the station's thread panicked"),
    }
}

fn main() {
    println!("near: {}", report(Duration::from_millis(10), Duration::from_secs(5)));
    println!("far: {}", report(Duration::from_secs(5), Duration::from_millis(300)));
}
// ANCHOR_END: program
