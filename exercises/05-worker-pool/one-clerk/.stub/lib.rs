//! A worker with one thread, and a way back for the result of each job.

use std::mem;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

/// A job in the clerk's queue. It takes nothing and returns nothing, whatever the caller's job returns.
type Job = Box<dyn FnOnce() + Send>;

/// A thread that runs jobs, one after the other. This is given, but for `ask`.
#[derive(Debug)]
pub struct Clerk {
    jobs: Sender<Job>,
    thread: Option<JoinHandle<()>>,
}

impl Clerk {
    /// Starts the clerk's thread.
    pub fn new() -> Self {
        let (jobs, queue) = mpsc::channel::<Job>();
        let thread = thread::spawn(move || {
            for job in queue {
                job();
            }
        });
        Self { jobs, thread: Some(thread) }
    }

    /// Puts a job into the clerk's queue, and returns the way on which its result comes back.
    pub fn ask<R, F>(&self, job: F) -> Receiver<R>
    where
        R: Send + 'static,
        F: FnOnce() -> R + Send + 'static,
    {
        let _ = (job, &self.jobs);
        todo!("about five lines: a channel, a boxed closure, and a send")
    }
}

impl Default for Clerk {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Clerk {
    /// Lets the clerk run what is in the queue, and waits for its thread.
    fn drop(&mut self) {
        // The clerk's loop ends when its queue is empty and no sender is left.
        drop(mem::replace(&mut self.jobs, mpsc::channel().0));
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the clerk's thread should not panic");
        }
    }
}
