//! breaks: clause 7 · finding: wrong-answer
//! A worker that sees that another one has panicked ends at once, and its record gets no line.

use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// Stores every record on `workers` threads and logs each one. Returns how many were stored.
pub fn import<F, W>(records: &[u64], workers: usize, store: F, log: W) -> io::Result<usize>
where
    F: Fn(u64) -> Result<(), String> + Sync,
    W: Write + Send,
{
    assert!(workers > 0, "records need at least one worker");
    let (total, next, broken) = (records.len(), AtomicUsize::new(0), AtomicBool::new(false));
    let log = Mutex::new((log, 0, 0));
    let work = || -> io::Result<()> {
        while let Some(record) = records.get(next.fetch_add(1, Ordering::Relaxed)) {
            let outcome = panic::catch_unwind(AssertUnwindSafe(|| store(*record))).unwrap_or_else(|payload| {
                broken.store(true, Ordering::SeqCst);
                panic::resume_unwind(payload)
            });
            if broken.load(Ordering::SeqCst) {
                return Ok(());
            }
            let mut log = log.lock().unwrap();
            let (out, done, failed) = &mut *log;
            *done += 1;
            *failed += usize::from(outcome.is_err());
            write!(out, "[{done}/{total}, {failed} failed] record {record} ")?;
            match outcome {
                Ok(()) => writeln!(out, "stored")?,
                Err(error) => writeln!(out, "failed: {error}")?,
            }
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;
    let (mut out, done, failed) = log.into_inner().unwrap();
    writeln!(out, "imported {} of {total}", done - failed)?;
    Ok(done - failed)
}
