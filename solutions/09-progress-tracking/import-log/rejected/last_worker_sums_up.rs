//! breaks: clause 2 · finding: race
//! Who counts the last record writes the last line, after it has let go of the lock, and then another worker's line may
//! still be missing.

use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;

/// Stores every record on `workers` threads and logs each one. Returns how many were stored.
pub fn import<F, W>(records: &[u64], workers: usize, store: F, log: W) -> io::Result<usize>
where
    F: Fn(u64) -> Result<(), String> + Sync,
    W: Write + Send,
{
    assert!(workers > 0, "records need at least one worker");
    let (total, log) = (records.len(), Mutex::new(log));
    let (next, done, failed) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || -> io::Result<()> {
        while let Some(record) = records.get(next.fetch_add(1, SeqCst)) {
            let outcome = store(*record);
            let done = done.fetch_add(1, SeqCst) + 1;
            let more = usize::from(outcome.is_err());
            let failed = failed.fetch_add(more, SeqCst) + more;
            let mut log = log.lock().unwrap();
            let what = match outcome {
                Ok(()) => "stored".to_owned(),
                Err(error) => format!("failed: {error}"),
            };
            writeln!(log, "[{done}/{total}, {failed} failed] record {record} {what}")?;
            if done == total {
                writeln!(log, "imported {} of {total}", done - failed)?;
            }
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;
    let stored = total - failed.into_inner();
    if total == 0 {
        writeln!(log.into_inner().unwrap(), "imported 0 of 0")?;
    }
    Ok(stored)
}
