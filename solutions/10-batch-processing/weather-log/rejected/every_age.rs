//! breaks: clause 3 · finding: too-early
//! An upload is made at fixed times, whenever the first reading came.

use std::panic::resume_unwind;
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
        self.readings = None;
        self.thread.take().map_or(Ok(()), JoinHandle::join)
    }
}

impl<R> Drop for WeatherLog<R> {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

/// What the thread does: it waits for a first reading, and then for others until the batch is full or old.
fn collect<R>(queue: &Receiver<R>, size: usize, age: Duration, mut upload: impl FnMut(Vec<R>)) {
    let mut old = Instant::now().checked_add(age);
    while let Ok(first) = queue.recv() {
        while age != Duration::MAX && old.is_some_and(|old| old <= Instant::now()) {
            old = old.and_then(|old| old.checked_add(age));
        }
        let mut batch = vec![first];
        while batch.len() < size {
            let left = old.map_or(Duration::MAX, |old| old.saturating_duration_since(Instant::now()));
            match queue.recv_timeout(left) {
                Ok(reading) => batch.push(reading),
                Err(_) => break,
            }
        }
        upload(batch);
    }
}
