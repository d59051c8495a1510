//! breaks: clause 2 · finding: deadlock
//! The queue has room for 64 jobs, and then `ask` waits.

use std::mem;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::{self, JoinHandle};

type Job = Box<dyn FnOnce() + Send>;

#[derive(Debug)]
pub struct Clerk {
    jobs: SyncSender<Job>,
    thread: Option<JoinHandle<()>>,
}

impl Clerk {
    pub fn new() -> Self {
        let (jobs, queue) = mpsc::sync_channel::<Job>(64);
        let thread = thread::spawn(move || {
            for job in queue {
                job();
            }
        });
        Self { jobs, thread: Some(thread) }
    }

    pub fn ask<R, F>(&self, job: F) -> Receiver<R>
    where
        R: Send + 'static,
        F: FnOnce() -> R + Send + 'static,
    {
        let (answer, receiver) = mpsc::channel();
        let job: Job = Box::new(move || drop(answer.send(job())));
        self.jobs.send(job).expect("the clerk listens");
        receiver
    }
}

impl Default for Clerk {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Clerk {
    fn drop(&mut self) {
        drop(mem::replace(&mut self.jobs, mpsc::sync_channel(1).0));
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the clerk's thread should not panic");
        }
    }
}
