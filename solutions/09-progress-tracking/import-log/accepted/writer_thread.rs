//! accepted: a thread of its own writes; the records come to the workers, and the outcomes to it, by crossbeam channels

use std::io::{self, Write};
use std::panic;
use std::thread;

use crossbeam::channel::{self, Receiver};

type Outcome = (u64, Result<(), String>);

fn write_log<W: Write>(outcomes: Receiver<Outcome>, total: usize, log: &mut W) -> io::Result<usize> {
    let (mut done, mut failed) = (0, 0);
    for (record, outcome) in outcomes {
        done += 1;
        failed += usize::from(outcome.is_err());
        write!(log, "[{done}/{total}, {failed} failed] record {record} ")?;
        match outcome {
            Ok(()) => writeln!(log, "stored")?,
            Err(error) => writeln!(log, "failed: {error}")?,
        }
    }
    Ok(done - failed)
}

/// Stores every record on `workers` threads and logs each one. Returns how many were stored.
pub fn import<F, W>(records: &[u64], workers: usize, store: F, mut log: W) -> io::Result<usize>
where
    F: Fn(u64) -> Result<(), String> + Sync,
    W: Write + Send,
{
    assert!(workers > 0, "records need at least one worker");
    let total = records.len();
    let (record_sender, queue) = channel::unbounded();
    records.iter().for_each(|record| record_sender.send(*record).unwrap());
    drop(record_sender);
    let (outcome_sender, outcomes) = channel::unbounded();
    let stored = thread::scope(|scope| {
        let log = &mut log;
        let writer = scope.spawn(move || write_log(outcomes, total, log));
        for _ in 0..workers {
            let (queue, outcomes, store) = (queue.clone(), outcome_sender.clone(), &store);
            scope.spawn(move || {
                for record in queue {
                    if outcomes.send((record, store(record))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(outcome_sender);
        writer.join().unwrap_or_else(|payload| panic::resume_unwind(payload))
        // The scope panics if a worker has.
    })?;
    writeln!(log, "imported {stored} of {total}")?;
    Ok(stored)
}
