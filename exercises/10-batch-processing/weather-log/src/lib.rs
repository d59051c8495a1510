//! The weather log: stations record readings, and one thread uploads them in batches.

use std::mem;
use std::panic::resume_unwind;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

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

/// What the thread does: it collects a batch until it is full, or until it has waited long enough.
fn collect<R>(queue: &Receiver<R>, size: usize, age: Duration, mut upload: impl FnMut(Vec<R>)) {
    let mut batch = Vec::with_capacity(size);
    loop {
        match queue.recv_timeout(age) {
            Ok(reading) => {
                batch.push(reading);
                if batch.len() == size {
                    upload(mem::take(&mut batch));
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                // At night there is nothing to upload.
                if !batch.is_empty() {
                    upload(mem::take(&mut batch));
                }
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Maria's test.
    #[test]
    fn forty_readings() {
        let server = Arc::new(Mutex::new(Vec::new()));
        let uploaded = Arc::clone(&server);
        let upload = move |batch: Vec<u64>| uploaded.lock().unwrap().extend(batch);
        let log = WeatherLog::open(20, Duration::from_hours(1), upload);
        (0..40).for_each(|reading| log.record(reading));
        log.close();
        assert_eq!(*server.lock().unwrap(), (0..40).collect::<Vec<_>>());
    }
}
