//! accepted: two locks as before, but the one of the counts is taken, and given back, while the one of the log is held

use std::io::{self, Write};
use std::sync::Mutex;
use std::thread;

#[derive(Default)]
struct Tracker(Mutex<(usize, usize)>);

impl Tracker {
    fn count(&self, failed: bool) -> (usize, usize) {
        let mut progress = self.0.lock().unwrap();
        progress.0 += 1;
        progress.1 += usize::from(failed);
        *progress
    }
}

/// Stores every record on `workers` threads and logs each one. Returns how many were stored.
pub fn import<F, W>(records: &[u64], workers: usize, store: F, log: W) -> io::Result<usize>
where
    F: Fn(u64) -> Result<(), String> + Sync,
    W: Write + Send,
{
    assert!(workers > 0, "records need at least one worker");
    let (tracker, log, total) = (Tracker::default(), Mutex::new(log), records.len());
    let queue = Mutex::new(records.iter());
    let take = || queue.lock().unwrap().next();
    let work = || -> io::Result<()> {
        while let Some(record) = take() {
            let outcome = store(*record);
            let mut log = log.lock().unwrap();
            let (done, failed) = tracker.count(outcome.is_err());
            let what = outcome.map_or_else(|error| format!("failed: {error}"), |()| "stored".to_owned());
            writeln!(log, "[{done}/{total}, {failed} failed] record {record} {what}")?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;
    let (done, failed) = tracker.0.into_inner().unwrap();
    writeln!(log.into_inner().unwrap(), "imported {} of {total}", done - failed)?;
    Ok(done - failed)
}
