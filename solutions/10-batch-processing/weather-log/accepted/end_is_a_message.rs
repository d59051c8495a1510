//! accepted: the end is a message in the channel, after the last reading
//! for when the thread should also learn why it ends.

use std::panic::resume_unwind;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Collects readings, and uploads them in batches.
pub struct WeatherLog<R> {
    /// `None` when the log is closed.
    readings: Option<Sender<Option<R>>>,
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
            let _ = readings.send(Some(reading));
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
        if let Some(readings) = self.readings.take() {
            let _ = readings.send(None);
        }
        self.thread.take().map_or(Ok(()), JoinHandle::join)
    }
}

impl<R> Drop for WeatherLog<R> {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

/// What the thread does: it waits for a first reading, and then for others until the batch is full or old.
fn collect<R>(queue: &Receiver<Option<R>>, size: usize, age: Duration, mut upload: impl FnMut(Vec<R>)) {
    while let Ok(Some(first)) = queue.recv() {
        let old = Instant::now().checked_add(age);
        let mut batch = vec![first];
        while batch.len() < size {
            let left = old.map_or(Duration::MAX, |old| old.saturating_duration_since(Instant::now()));
            match queue.recv_timeout(left) {
                Ok(Some(reading)) => batch.push(reading),
                Ok(None) => return upload(batch),
                Err(_) => break,
            }
        }
        upload(batch);
    }
}
