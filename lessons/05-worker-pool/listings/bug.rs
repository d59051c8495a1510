//! Two workers, and two jobs that each wait for another job. Nobody is left to run it.

// ANCHOR: program
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

type Job = (Box<dyn FnOnce() -> u32 + Send>, mpsc::Sender<u32>);

fn submit(pool: &mpsc::Sender<Job>, job: impl FnOnce() -> u32 + Send + 'static) -> mpsc::Receiver<u32> {
    let (reply, handle) = mpsc::channel();
    pool.send((Box::new(job), reply)).unwrap();
    handle
}

fn work(queue: &Mutex<mpsc::Receiver<Job>>) {
    loop {
        let next = queue.lock().unwrap().recv();
        let Ok((job, reply)) = next else { break };
        let _ = reply.send(job());
    }
}

pub fn main() {
    let (pool, queue) = mpsc::channel();
    let queue = Arc::new(Mutex::new(queue));
    for _ in 0..2 {
        let queue = Arc::clone(&queue);
        thread::spawn(move || work(&queue));
    }
    let count = |folder: &'static str| {
        let inner = pool.clone();
        submit(&pool, move || {
            println!("counting {folder}");
            let subfolder = submit(&inner, || 2); // the files in a folder inside it
            1 + subfolder.recv().unwrap()
        })
    };
    let handles = ["music", "films"].map(count);
    let total: u32 = handles.iter().map(|handle| handle.recv().unwrap()).sum();
    println!("{total} files");
}
// ANCHOR_END: program
