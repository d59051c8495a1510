//! breaks: clause 7 · finding: deadlock
//! One thread counts and writes, and receives as many outcomes as there are records. When a worker has panicked one
//! outcome never comes, and the first sender is still there.

use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Stores every record on `workers` threads and logs each one. Returns how many were stored.
pub fn import<F, W>(records: &[u64], workers: usize, store: F, mut log: W) -> io::Result<usize>
where
    F: Fn(u64) -> Result<(), String> + Sync,
    W: Write + Send,
{
    assert!(workers > 0, "records need at least one worker");
    let (total, next) = (records.len(), AtomicUsize::new(0));
    let (sender, outcomes) = mpsc::channel();
    let failed = thread::scope(|scope| {
        for _ in 0..workers {
            let (sender, store, next) = (sender.clone(), &store, &next);
            scope.spawn(move || {
                while let Some(record) = records.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if sender.send((record, store(*record))).is_err() {
                        break;
                    }
                }
            });
        }
        // Moved in here, so that workers see the end of it when writing has failed.
        let outcomes = outcomes;
        let mut failed = 0;
        for done in 1..=total {
            let (record, outcome) = outcomes.recv().unwrap();
            failed += usize::from(outcome.is_err());
            let what = outcome.map_or_else(|error| format!("failed: {error}"), |()| "stored".to_owned());
            writeln!(log, "[{done}/{total}, {failed} failed] record {record} {what}")?;
        }
        Ok::<usize, io::Error>(failed)
    })?;
    writeln!(log, "imported {} of {total}", total - failed)?;
    Ok(total - failed)
}
