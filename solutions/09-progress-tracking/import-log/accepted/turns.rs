//! accepted: counting gives a number, and each waits with its line until its number's turn has come

use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};
use std::thread;

/// Stores every record on `workers` threads and logs each one. Returns how many were stored.
pub fn import<F, W>(records: &[u64], workers: usize, store: F, log: W) -> io::Result<usize>
where
    F: Fn(u64) -> Result<(), String> + Sync,
    W: Write + Send,
{
    assert!(workers > 0, "records need at least one worker");
    let total = records.len();
    let counts = Mutex::new((0, 0));
    // The log, and how many lines it has.
    let (page, turned) = (Mutex::new((log, 0)), Condvar::new());
    let next = AtomicUsize::new(0);
    let work = || -> io::Result<()> {
        while let Some(record) = records.get(next.fetch_add(1, Ordering::Relaxed)) {
            let outcome = store(*record);
            let (done, failed) = {
                let mut counts = counts.lock().unwrap();
                counts.0 += 1;
                counts.1 += usize::from(outcome.is_err());
                *counts
            };
            let what = outcome.map_or_else(|error| format!("failed: {error}"), |()| "stored".to_owned());
            // Those with smaller numbers have nothing to do but to write, so this wait is short.
            let mut page = turned.wait_while(page.lock().unwrap(), |(_, lines)| *lines + 1 != done).unwrap();
            let written = writeln!(page.0, "[{done}/{total}, {failed} failed] record {record} {what}");
            // Also after an error, or the next one would wait for ever.
            page.1 += 1;
            turned.notify_all();
            written?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;
    let (done, failed) = counts.into_inner().unwrap();
    writeln!(page.into_inner().unwrap().0, "imported {} of {total}", done - failed)?;
    Ok(done - failed)
}
