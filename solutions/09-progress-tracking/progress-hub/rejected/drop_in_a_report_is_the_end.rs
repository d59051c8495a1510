//! breaks: clause 7 · finding: wrong-answer
//! A drop that comes during a report takes that one for the last.

use std::panic::resume_unwind;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Snapshot {
    pub total: usize,
    pub done: usize,
    pub failed: usize,
}

#[derive(Debug)]
pub struct Tracker {
    counts: Mutex<Snapshot>,
}

impl Tracker {
    pub fn new(total: usize) -> Self {
        Self { counts: Mutex::new(Snapshot { total, done: 0, failed: 0 }) }
    }

    pub fn add(&self, more: usize) {
        self.counts.lock().unwrap().total += more;
    }

    pub fn done(&self) {
        self.counts.lock().unwrap().done += 1;
    }

    pub fn failed(&self) {
        self.counts.lock().unwrap().failed += 1;
    }

    pub fn snapshot(&self) -> Snapshot {
        *self.counts.lock().unwrap()
    }
}

#[derive(Debug)]
pub struct Reporter {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Reporter {
    pub fn start<F>(tracker: &Arc<Tracker>, interval: Duration, mut report: F) -> Self
    where
        F: FnMut(Snapshot) + Send + 'static,
    {
        assert!(!interval.is_zero(), "no interval");
        let tracker = Arc::clone(tracker);
        let (stop, stopped) = channel::<()>();
        let begin = Instant::now();
        let thread = thread::spawn(move || {
            let mut last = begin;
            loop {
                let left = interval.saturating_sub(last.elapsed());
                match stopped.recv_timeout(left) {
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
                }
                last = Instant::now();
                let now = tracker.snapshot();
                report(now);
                if stopped.try_recv() == Ok(()) {
                    return;
                }
            }
            report(tracker.snapshot());
        });
        Self { stop: Some(stop), thread: Some(thread) }
    }

    fn end(&mut self) -> thread::Result<()> {
        drop(self.stop.take());
        self.thread.take().map_or(Ok(()), JoinHandle::join)
    }

    pub fn finish(mut self) {
        if let Err(payload) = self.end() {
            resume_unwind(payload);
        }
    }
}

impl Drop for Reporter {
    fn drop(&mut self) {
        if let Some(stop) = &self.stop {
            let _ = stop.send(());
        }
        let _ = self.end();
    }
}
