//! An import that logs its progress: one line for each record, when the record is done.

use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How far the import has come.
#[derive(Debug, Clone, Copy, Default)]
struct Progress {
    done: usize,
    failed: usize,
}

/// Counts the records that are done. All workers share it, so the counts are under a lock.
#[derive(Debug, Default)]
struct Tracker {
    progress: Mutex<Progress>,
}

impl Tracker {
    /// Counts one record, and returns the progress with this record included.
    fn count(&self, failed: bool) -> Progress {
        let mut progress = self.progress.lock().unwrap();
        progress.done += 1;
        progress.failed += usize::from(failed);
        *progress
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
    let (tracker, log) = (Tracker::default(), Mutex::new(log));
    let (next, total) = (AtomicUsize::new(0), records.len());

    let work = || -> io::Result<()> {
        while let Some(record) = records.get(next.fetch_add(1, Ordering::Relaxed)) {
            let outcome = store(*record);
            let Progress { done, failed } = tracker.count(outcome.is_err());
            let what = match outcome {
                Ok(()) => "stored".to_owned(),
                Err(error) => format!("failed: {error}"),
            };
            // The lock is held for the whole line, so that no other line interrupts it.
            let mut log = log.lock().unwrap();
            writeln!(log, "[{done}/{total}, {failed} failed] record {record} {what}")?;
        }
        Ok(())
    };

    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;

    let Progress { done, failed } = tracker.progress.into_inner().unwrap();
    writeln!(log.into_inner().unwrap(), "imported {} of {total}", done - failed)?;
    Ok(done - failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Jonas's test.
    #[test]
    fn three_records_and_one_worker() {
        let store = |record| if record == 8 { Err("refused".to_owned()) } else { Ok(()) };
        let mut log = Vec::new();
        assert_eq!(import(&[7, 8, 9], 1, store, &mut log).unwrap(), 2);
        let lines = [
            "[1/3, 0 failed] record 7 stored",
            "[2/3, 1 failed] record 8 failed: refused",
            "[3/3, 1 failed] record 9 stored",
            "imported 2 of 3\n",
        ];
        assert_eq!(String::from_utf8(log).unwrap(), lines.join("\n"));
    }
}
