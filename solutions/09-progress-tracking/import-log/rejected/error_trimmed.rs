//! breaks: clause 2 · finding: wrong-answer
//! White space at the end of an error is cut off.

use std::io::{self, Write};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

pub fn import<F, W>(records: &[u64], workers: usize, store: F, mut log: W) -> io::Result<usize>
where
    F: Fn(u64) -> Result<(), String> + Sync,
    W: Write + Send,
{
    assert!(workers > 0, "records need at least one worker");
    let (next, stop, total) = (AtomicUsize::new(0), AtomicBool::new(false), records.len());
    let (mut done, mut failed) = (0, 0);
    let (sender, outcomes) = mpsc::channel();
    let work = |sender: mpsc::Sender<(u64, Result<(), String>)>| {
        while !stop.load(Ordering::SeqCst) {
            let Some(&record) = records.get(next.fetch_add(1, Ordering::SeqCst)) else { return };
            let outcome = store(record);
            let _ = sender.send((record, outcome));
        }
    };
    let work = &work;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers.min(total))
            .map(|_| {
                let sender = sender.clone();
                scope.spawn(move || work(sender))
            })
            .collect();
        drop(sender);
        // The calling thread alone counts and writes.
        let mut written = Ok(());
        for (record, outcome) in outcomes {
            if written.is_err() {
                continue;
            }
            done += 1;
            failed += usize::from(outcome.is_err());
            let what = outcome
                .map_or_else(|error| format!("failed: {}", error.trim_end()), |()| "stored".to_owned());
            let line = format!("[{done}/{total}, {failed} failed] record {record} {what}\n");
            written = log.write_all(line.as_bytes());
            if written.is_err() {
                stop.store(true, Ordering::SeqCst);
            }
        }
        let mut panicked = None;
        for thread in threads {
            panicked = panicked.or(thread.join().err());
        }
        if let Some(payload) = panicked {
            resume_unwind(payload);
        }
        written
    })?;
    log.write_all(format!("imported {} of {total}\n", done - failed).as_bytes())?;
    Ok(done - failed)
}
