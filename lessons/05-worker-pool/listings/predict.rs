//! One worker, three jobs, and the second one panics.

// ANCHOR: program
use std::sync::mpsc;
use std::thread;

fn main() {
    let (jobs, queue) = mpsc::channel::<(u32, mpsc::Sender<u32>)>();
    let worker = thread::spawn(move || {
        for (number, reply) in queue {
            let _ = reply.send(100 / number);
        }
    });
    let submit = |number| {
        let (reply, handle) = mpsc::channel();
        let _ = jobs.send((number, reply));
        (number, handle)
    };
    for (number, handle) in [4, 0, 5].map(submit) {
        println!("100 / {number}: {:?}", handle.recv());
    }
    println!("the worker: {}", if worker.join().is_ok() { "ended" } else { "panicked" });
}
// ANCHOR_END: program
