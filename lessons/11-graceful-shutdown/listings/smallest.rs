//! Two threads that sleep in different places, and both learn that it is time to end.

// ANCHOR: program
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

fn main() {
    let (jobs, queue) = mpsc::channel::<u32>();
    let (stop, stopped) = mpsc::channel::<()>();
    let worker = thread::spawn(move || queue.iter().map(|job| job * job).collect::<Vec<_>>());
    let heartbeat = thread::spawn(move || {
        let mut beats = 0;
        // Sleeps for a minute, or until the other end is dropped.
        while stopped.recv_timeout(Duration::from_secs(60)) == Err(RecvTimeoutError::Timeout) {
            beats += 1;
        }
        beats
    });
    for job in [3, 4, 5] {
        jobs.send(job).unwrap();
    }
    drop(jobs); // nothing new: the worker finishes what is in the queue, then it ends
    println!("done: {:?}", worker.join().unwrap());
    drop(stop); // nobody needs the heartbeat any more: it ends in the middle of its minute
    println!("{} beats", heartbeat.join().unwrap());
}
// ANCHOR_END: program
