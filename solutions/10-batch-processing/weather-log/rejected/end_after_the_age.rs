//! breaks: clause 5 · finding: too-late
//! The end is looked for only when a batch is old, and the sender is kept until then.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Collects readings, and uploads them in batches.
pub struct WeatherLog<R> {
    /// `None` when the log is closed.
    readings: Option<Sender<R>>,
    closed: Arc<AtomicBool>,
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
        let closed = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&closed);
        let thread = thread::spawn(move || collect(&queue, size, age, &flag, upload));
        Self { readings: Some(readings), closed, thread: Some(thread) }
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
        self.closed.store(true, Ordering::SeqCst);
        self.thread.take().map_or(Ok(()), JoinHandle::join)
    }
}

impl<R> Drop for WeatherLog<R> {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

/// What the thread does: it waits for a first reading, and then for others until the batch is full or old.
fn collect<R>(
    queue: &Receiver<R>,
    size: usize,
    age: Duration,
    closed: &AtomicBool,
    mut upload: impl FnMut(Vec<R>),
) {
    let mut batch = Vec::new();
    let mut begun = Instant::now();
    loop {
        let age = age.min(Duration::from_secs(3600));
        match queue.recv_timeout(age.saturating_sub(begun.elapsed())) {
            Ok(reading) => {
                if batch.is_empty() {
                    begun = Instant::now();
                }
                batch.push(reading);
                if batch.len() == size {
                    upload(std::mem::take(&mut batch));
                    begun = Instant::now();
                }
            }
            Err(_) => {
                if !batch.is_empty() {
                    upload(std::mem::take(&mut batch));
                }
                begun = Instant::now();
                if closed.load(Ordering::SeqCst) {
                    return;
                }
            }
        }
    }
}
