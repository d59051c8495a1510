//! breaks: clause 5 · finding: wrong-answer
//! After a panic, what `upload` captured is never dropped.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Collects readings, and uploads them in batches.
pub struct WeatherLog<R> {
    /// `None` when the log is closed.
    readings: Option<Sender<R>>,
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
        let (readings, queue) = mpsc::channel();
        let thread = thread::spawn(move || collect(&queue, size, age, upload));
        Self { readings: Some(readings), thread: Some(thread) }
    }

    /// Records a reading. Does not wait for any upload.
    pub fn record(&self, reading: R) {
        if let Some(readings) = &self.readings {
            // Fails only if an upload has panicked. `close` will tell.
            let _ = readings.send(reading);
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

impl<R> WeatherLog<R> {
    fn end(&mut self) -> thread::Result<()> {
        // Without a sender, the thread's queue ends.
        self.readings = None;
        self.thread.take().map_or(Ok(()), JoinHandle::join)
    }
}

impl<R> Drop for WeatherLog<R> {
    fn drop(&mut self) {
        // Nobody can be told here.
        let _ = self.end();
    }
}

/// What the thread does: it waits for a first reading, and then for others until the batch is full or old.
fn collect<R>(queue: &Receiver<R>, size: usize, age: Duration, mut upload: impl FnMut(Vec<R>)) {
    // A closed queue still gives what is in it. So at its end, nothing is left anywhere.
    while let Ok(first) = queue.recv() {
        // The moment at which this batch is old. It is fixed now. If there is no such moment, the age is endless.
        let old = Instant::now().checked_add(age);
        let mut batch = vec![first];
        while batch.len() < size {
            let left = old.map_or(Duration::MAX, |old| old.saturating_duration_since(Instant::now()));
            match queue.recv_timeout(left) {
                Ok(reading) => batch.push(reading),
                // Old, or the last one: in both cases this is the batch.
                Err(_) => break,
            }
        }
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| upload(batch))) {
            // Who knows in what state it is.
            mem::forget(upload);
            resume_unwind(payload);
        }
    }
}
