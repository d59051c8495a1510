//! A worker that ends after two jobs, with three in the queue and a fourth to come.

// ANCHOR: program
use std::sync::mpsc::{self, SendError};
use std::thread;

struct Job(&'static str);

impl Drop for Job {
    fn drop(&mut self) {
        println!("{} is dropped", self.0);
    }
}

fn main() {
    let (jobs, queue) = mpsc::channel();
    for name in ["one", "two", "three"] {
        jobs.send(Job(name)).unwrap();
    }
    let worker = thread::spawn(move || {
        for job in queue.iter().take(2) {
            println!("{} is done", job.0);
        }
    });
    worker.join().unwrap();
    match jobs.send(Job("four")) {
        Ok(()) => println!("four is accepted"),
        Err(SendError(job)) => println!("{} comes back", job.0),
    }
}
// ANCHOR_END: program
