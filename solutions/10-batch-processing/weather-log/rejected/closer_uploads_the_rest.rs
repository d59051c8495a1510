//! breaks: clause 4 · finding: race
//! The thread that closes uploads what the other thread has left.

use std::collections::VecDeque;
use std::panic::resume_unwind;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// What waits, each reading with the time at which it was recorded.
struct Waiting<R> {
    readings: VecDeque<(Instant, R)>,
    closed: bool,
}

struct Shared<R> {
    waiting: Mutex<Waiting<R>>,
    changed: Condvar,
}

/// Collects readings, and uploads them in batches.
pub struct WeatherLog<R> {
    shared: Arc<Shared<R>>,
    thread: Option<JoinHandle<()>>,
    rest: Option<Box<dyn FnOnce() + Send + Sync>>,
}

impl<R: Send + 'static> WeatherLog<R> {
    /// A log that calls `upload` for `size` readings, or for fewer when the first of them is `age` old.
    ///
    /// # Panics
    /// If `size` or `age` is zero.
    pub fn open<F>(size: usize, age: Duration, upload: F) -> Self
    where
        F: FnMut(Vec<R>) + Send + 'static,
    {
        assert!(size > 0, "a batch has at least one reading");
        assert!(!age.is_zero(), "a reading has to wait for others");
        let waiting = Mutex::new(Waiting { readings: VecDeque::new(), closed: false });
        let shared = Arc::new(Shared { waiting, changed: Condvar::new() });
        let worker = Arc::clone(&shared);
        let upload = Arc::new(Mutex::new(upload));
        let (own, last) = (Arc::clone(&upload), Arc::clone(&shared));
        let thread = thread::spawn(move || worker.collect(size, age, &own));
        let rest = move || {
            let mut rest: Vec<R> =
                last.waiting.lock().unwrap().readings.drain(..).map(|(_, it)| it).collect();
            while !rest.is_empty() {
                let batch = rest.drain(..size.min(rest.len())).collect();
                (upload.lock().unwrap())(batch);
            }
        };
        Self { shared, thread: Some(thread), rest: Some(Box::new(rest)) }
    }

    /// Records a reading. Does not wait for any upload.
    pub fn record(&self, reading: R) {
        let mut waiting = self.shared.waiting.lock().unwrap();
        // After a panic of an upload, nobody would take it.
        if !waiting.closed {
            waiting.readings.push_back((Instant::now(), reading));
            self.shared.changed.notify_one();
        }
    }

    /// Uploads what is left, and waits for the end.
    ///
    /// # Panics
    /// With the payload of `upload`, if an upload has panicked.
    pub fn close(mut self) {
        if let Err(payload) = self.end() {
            resume_unwind(payload);
        }
    }
}

impl<R> Shared<R> {
    fn collect(&self, size: usize, age: Duration, upload: &Mutex<impl FnMut(Vec<R>)>) {
        while let Some(batch) = self.next(size, age) {
            (upload.lock().unwrap())(batch);
        }
    }

    fn next(&self, size: usize, age: Duration) -> Option<Vec<R>> {
        let mut waiting = self.waiting.lock().unwrap();
        loop {
            let left = waiting.readings.front().map(|(recorded, _)| age.saturating_sub(recorded.elapsed()));
            let full = waiting.readings.len() >= size;
            waiting = match left {
                _ if waiting.closed => return None,
                None => self.changed.wait(waiting).unwrap(),
                Some(left) if full || left.is_zero() => {
                    let count = waiting.readings.len().min(size);
                    return Some(waiting.readings.drain(..count).map(|(_, reading)| reading).collect());
                }
                Some(left) => self.changed.wait_timeout(waiting, left).unwrap().0,
            };
        }
    }
}

impl<R> WeatherLog<R> {
    fn end(&mut self) -> thread::Result<()> {
        self.shared.waiting.lock().unwrap().closed = true;
        self.shared.changed.notify_one();
        let ended = self.thread.take().map_or(Ok(()), JoinHandle::join);
        if let Some(rest) = self.rest.take()
            && ended.is_ok()
        {
            rest();
        }
        ended
    }
}

impl<R> Drop for WeatherLog<R> {
    fn drop(&mut self) {
        // Nobody can be told here.
        let _ = self.end();
    }
}
