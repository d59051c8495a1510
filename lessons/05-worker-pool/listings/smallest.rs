//! A queue of boxed closures, two workers, and a channel for each result.

// ANCHOR: program
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

/// A closure that the queue knows nothing about, and the way back for its result.
type Job = (Box<dyn FnOnce() -> usize + Send>, mpsc::Sender<usize>);

fn main() {
    let (jobs, queue) = mpsc::channel::<Job>();
    let queue = Arc::new(Mutex::new(queue));
    let worker = |_| {
        let queue = Arc::clone(&queue);
        thread::spawn(move || {
            loop {
                let next = queue.lock().unwrap().recv(); // the lock is held for this line only
                let Ok((job, reply)) = next else { break };
                let _ = reply.send(job()); // fails if nobody wants the result any more
            }
        })
    };
    let workers: Vec<_> = (0..2).map(worker).collect();

    let submit = |text: &'static str| {
        let (reply, handle) = mpsc::channel();
        jobs.send((Box::new(move || text.split(' ').count()), reply)).unwrap();
        handle
    };
    let handles = ["to be", "or not to be", "to be"].map(submit);
    println!("{:?}", handles.map(|handle| handle.recv().unwrap()));

    drop(jobs); // no more jobs: the workers finish what is in the queue, then they end
    workers.into_iter().for_each(|worker| worker.join().unwrap());
}
// ANCHOR_END: program
