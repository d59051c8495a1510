//! breaks: clause 4 · finding: deadlock
//! The channel has room for 1,000 readings, and then `record` waits for an upload.

use std::mem;
use std::panic::resume_unwind;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Collects readings, and uploads them in batches.
pub struct WeatherLog<R> {
    /// `None` when the log is closed.
    readings: Option<SyncSender<(Instant, R)>>,
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
        let (readings, queue) = mpsc::sync_channel(1000);
        let thread = thread::spawn(move || collect(queue, size, age, upload));
        Self { readings: Some(readings), thread: Some(thread) }
    }

    /// Records a reading. Does not wait for any upload.
    pub fn record(&self, reading: R) {
        if let Some(readings) = &self.readings {
            // Fails only if an upload has panicked. `close` will tell.
            let _ = readings.send((Instant::now(), reading));
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

/// What the thread does: it collects a batch until it is full, or until its first reading is old enough.
fn collect<R>(queue: Receiver<(Instant, R)>, size: usize, age: Duration, mut upload: impl FnMut(Vec<R>)) {
    // No capacity: the size may be very large.
    let mut batch = Vec::new();
    while let Ok((first, reading)) = queue.recv() {
        batch.push(reading);
        let mut closed = false;
        while batch.len() < size {
            // Readings that came during an upload are taken at once, even if they are due already.
            let left = age.saturating_sub(first.elapsed());
            match queue.recv_timeout(left) {
                Ok((_, reading)) => batch.push(reading),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => {
                    closed = true;
                    break;
                }
            }
        }
        upload(mem::take(&mut batch));
        if closed {
            return;
        }
    }
}
