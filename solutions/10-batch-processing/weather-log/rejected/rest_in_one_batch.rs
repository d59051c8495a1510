//! breaks: clause 1 · finding: race
//! The end uploads what is left as one batch, however much it is.

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
        let thread = thread::spawn(move || worker.collect(size, age, upload));
        Self { shared, thread: Some(thread) }
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
    fn collect(&self, size: usize, age: Duration, mut upload: impl FnMut(Vec<R>)) {
        let _end = End(self);
        while let Some(batch) = self.next(size, age) {
            upload(batch);
        }
    }

    fn next(&self, size: usize, age: Duration) -> Option<Vec<R>> {
        let mut waiting = self.waiting.lock().unwrap();
        loop {
            let left = waiting.readings.front().map(|(recorded, _)| age.saturating_sub(recorded.elapsed()));
            let full = waiting.readings.len() >= size;
            waiting = match left {
                None if waiting.closed => return None,
                None => self.changed.wait(waiting).unwrap(),
                Some(left) if full || waiting.closed || left.is_zero() => {
                    let count = if waiting.closed { waiting.readings.len() } else { size };
                    let count = waiting.readings.len().min(count);
                    return Some(waiting.readings.drain(..count).map(|(_, reading)| reading).collect());
                }
                Some(left) => self.changed.wait_timeout(waiting, left).unwrap().0,
            };
        }
    }
}

/// Whatever ends the thread: nothing waits any more.
struct End<'a, R>(&'a Shared<R>);

impl<R> Drop for End<'_, R> {
    fn drop(&mut self) {
        let mut waiting = self.0.waiting.lock().unwrap();
        waiting.closed = true;
        let rest = std::mem::take(&mut waiting.readings);
        drop(waiting);
        drop(rest);
    }
}

impl<R> WeatherLog<R> {
    fn end(&mut self) -> thread::Result<()> {
        self.shared.waiting.lock().unwrap().closed = true;
        self.shared.changed.notify_one();
        self.thread.take().map_or(Ok(()), JoinHandle::join)
    }
}

impl<R> Drop for WeatherLog<R> {
    fn drop(&mut self) {
        // Nobody can be told here.
        let _ = self.end();
    }
}
