//! breaks: clause 2 · finding: race
//! The line is written in two pieces, and between them the lock is free.

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
    let state = Mutex::new((log, 0, 0));
    let next = AtomicUsize::new(0);
    let work = || -> io::Result<()> {
        while let Some(record) = records.get(next.fetch_add(1, Ordering::Relaxed)) {
            let outcome = store(*record);
            let mut locked = state.lock().unwrap();
            let (log, done, failed) = &mut *locked;
            *done += 1;
            *failed += usize::from(outcome.is_err());
            let what = match outcome {
                Ok(()) => "stored".to_owned(),
                Err(error) => format!("failed: {error}"),
            };
            write!(log, "[{done}/{total}, {failed} failed] ")?;
            drop(locked);
            writeln!(state.lock().unwrap().0, "record {record} {what}")?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;
    let (mut log, done, failed) = state.into_inner().unwrap();
    writeln!(log, "imported {} of {total}", done - failed)?;
    Ok(done - failed)
}
