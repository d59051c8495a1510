//! breaks: clause 2 · finding: deadlock
//! Counts and log have a lock each, and both are held for the whole step. But failures take them in the other order.

use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Stores every record on `workers` threads and logs each one. Returns how many were stored.
pub fn import<F, W>(records: &[u64], workers: usize, store: F, log: W) -> io::Result<usize>
where
    F: Fn(u64) -> Result<(), String> + Sync,
    W: Write + Send,
{
    assert!(workers > 0, "records need at least one worker");
    let total = records.len();
    let (log, counts) = (Mutex::new(log), Mutex::new((0, 0)));
    let next = AtomicUsize::new(0);
    let work = || -> io::Result<()> {
        while let Some(record) = records.get(next.fetch_add(1, Ordering::Relaxed)) {
            let outcome = store(*record);
            match outcome {
                Ok(()) => {
                    let mut counts = counts.lock().unwrap();
                    let mut log = log.lock().unwrap();
                    counts.0 += 1;
                    writeln!(log, "[{}/{total}, {} failed] record {record} stored", counts.0, counts.1)?;
                }
                Err(error) => {
                    let mut log = log.lock().unwrap();
                    let mut counts = counts.lock().unwrap();
                    counts.0 += 1;
                    counts.1 += 1;
                    writeln!(
                        log,
                        "[{}/{total}, {} failed] record {record} failed: {error}",
                        counts.0, counts.1
                    )?;
                }
            }
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;
    let (done, failed) = counts.into_inner().unwrap();
    writeln!(log.into_inner().unwrap(), "imported {} of {total}", done - failed)?;
    Ok(done - failed)
}
