//! breaks: clause 1 · finding: race
//! A record is counted and its line written under one lock, so the lines count up. But the counts are a `static`, set back to
//! 0 when an import starts, and two imports at once count each other's records.

use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The log and what it says: who has one has the other.
#[derive(Debug)]
struct Log<W> {
    out: W,
    total: usize,
}

/// How many are done, and how many of them failed.
static PROGRESS: Mutex<(usize, usize)> = Mutex::new((0, 0));

impl<W: Write> Log<W> {
    /// Counts one record and writes its line.
    ///
    /// A slow writer makes the other workers wait here. That is the price; if it is too high, let the workers send
    /// outcomes through a channel, and let one thread count and write.
    fn record(&mut self, record: u64, outcome: Result<(), String>) -> io::Result<()> {
        let mut progress = PROGRESS.lock().expect("nothing panics while it counts");
        progress.0 += 1;
        progress.1 += usize::from(outcome.is_err());
        let (done, failed) = *progress;
        drop(progress);
        write!(self.out, "[{done}/{}, {failed} failed] record {record} ", self.total)?;
        match outcome {
            Ok(()) => writeln!(self.out, "stored"),
            Err(error) => writeln!(self.out, "failed: {error}"),
        }
    }
}

/// Stores every record on `workers` threads and logs each one. Returns how many were stored.
///
/// # Errors
/// The error of `log`, if writing fails. Records that have not begun by then may be left out.
///
/// # Panics
/// If `workers` is 0, and if `store` panics for a record.
pub fn import<F, W>(records: &[u64], workers: usize, store: F, log: W) -> io::Result<usize>
where
    F: Fn(u64) -> Result<(), String> + Sync,
    W: Write + Send,
{
    assert!(workers > 0, "records need at least one worker");
    *PROGRESS.lock().expect("nothing panics while it counts") = (0, 0);
    let log = Mutex::new(Log { out: log, total: records.len() });
    let next = AtomicUsize::new(0);

    let work = || -> io::Result<()> {
        while let Some(record) = records.get(next.fetch_add(1, Ordering::Relaxed)) {
            // Not under the lock: this is what takes long, and what the workers are for.
            let outcome = store(*record);
            log.lock().expect("no worker panics while it logs").record(*record, outcome)?;
        }
        Ok(())
    };

    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        // `unwrap` passes a panic of `store` on. The scope waits for the other threads in any case.
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;

    // All workers are gone, so the lock is too: what is left is the log itself.
    let (done, failed) = *PROGRESS.lock().expect("nothing panics while it counts");
    let Log { mut out, total } = log.into_inner().expect("no worker panicked");
    writeln!(out, "imported {} of {total}", done - failed)?;
    Ok(done - failed)
}
