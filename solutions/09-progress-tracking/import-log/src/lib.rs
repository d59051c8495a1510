//! The import's log, repaired: a record is counted and its line is written under one lock.
//!
//! What was wrong: the counts were under a lock, and so was the log, but these were two locks with a gap between. A
//! worker that had counted "3 done" could lose its turn there to one that counted "4 done" and wrote it. Each access
//! was safe; the order of the counts and the order of the lines were decided at two different moments. What has to
//! agree has to happen as one step. Here the counts and the writer lie in one struct under one lock, so that there is
//! no way to count without writing.

use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The log and what it says: who has one has the other.
#[derive(Debug)]
struct Log<W> {
    out: W,
    total: usize,
    done: usize,
    failed: usize,
}

impl<W: Write> Log<W> {
    /// Counts one record and writes its line.
    ///
    /// A slow writer makes the other workers wait here. That is the price; if it is too high, let the workers send
    /// outcomes through a channel, and let one thread count and write.
    fn record(&mut self, record: u64, outcome: Result<(), String>) -> io::Result<()> {
        self.done += 1;
        self.failed += usize::from(outcome.is_err());
        write!(self.out, "[{}/{}, {} failed] record {record} ", self.done, self.total, self.failed)?;
        match outcome {
            Ok(()) => writeln!(self.out, "stored"),
            Err(error) => writeln!(self.out, "failed: {error}"),
        }
    }
}

/// Stores every record on `workers` threads and logs each one. Returns the number of stored records.
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
    let log = Mutex::new(Log { out: log, total: records.len(), done: 0, failed: 0 });
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
    let Log { mut out, total, done, failed } = log.into_inner().expect("no worker panicked");
    writeln!(out, "imported {} of {total}", done - failed)?;
    Ok(done - failed)
}
