//! breaks: clause 6 · finding: race
//! The result of each worker replaces that of the one before.

use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

struct Log<W> {
    out: W,
    done: usize,
    failed: usize,
}

/// Tells the others to stop, if its worker panics.
struct Alarm<'a>(&'a AtomicBool);

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.store(true, Ordering::SeqCst);
        }
    }
}

pub fn import<F, W>(records: &[u64], workers: usize, store: F, log: W) -> io::Result<usize>
where
    F: Fn(u64) -> Result<(), String> + Sync,
    W: Write + Send,
{
    assert!(workers > 0, "records need at least one worker");
    let total = records.len();
    let log = Mutex::new(Log { out: log, done: 0, failed: 0 });
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));

    let work = || -> io::Result<()> {
        let _alarm = Alarm(&stop);
        while !stop.load(Ordering::SeqCst) {
            let Some(record) = records.get(next.fetch_add(1, Ordering::SeqCst)) else { break };
            let outcome = store(*record);
            let failed_now = outcome.is_err();
            let what = match outcome {
                Ok(()) => "stored".to_owned(),
                Err(error) => format!("failed: {error}"),
            };
            let mut log = log.lock().unwrap();
            log.done += 1;
            log.failed += usize::from(failed_now);
            let line = format!("[{}/{total}, {} failed] record {record} {what}\n", log.done, log.failed);
            log.out.write_all(line.as_bytes()).inspect_err(|_| stop.store(true, Ordering::SeqCst))?;
        }
        Ok(())
    };
    let written = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers.min(total)).map(|_| scope.spawn(work)).collect();
        let mut written = Ok(());
        for thread in threads {
            written = thread.join().expect("a record panicked");
        }
        written
    });

    let mut log = log.into_inner().unwrap();
    written?;
    let stored = log.done - log.failed;
    log.out.write_all(format!("imported {stored} of {total}\n").as_bytes())?;
    Ok(stored)
}
