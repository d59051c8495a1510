//! accepted: a rayon pool, a parallel iterator that stops at an error, counts and log under one lock

use std::io::{self, Write};
use std::sync::Mutex;
use std::thread;

use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

/// Stores every record on `workers` threads and logs each one. Returns how many were stored.
pub fn import<F, W>(records: &[u64], workers: usize, store: F, log: W) -> io::Result<usize>
where
    F: Fn(u64) -> Result<(), String> + Sync,
    W: Write + Send,
{
    assert!(workers > 0, "records need at least one worker");
    let total = records.len();
    let state = Mutex::new((log, 0, 0));
    let one = |record: &u64| {
        let outcome = store(*record);
        let mut state = state.lock().unwrap();
        let (log, done, failed) = &mut *state;
        *done += 1;
        let what = match outcome {
            Ok(()) => "stored".to_owned(),
            Err(error) => {
                *failed += 1;
                format!("failed: {error}")
            }
        };
        writeln!(log, "[{done}/{total}, {failed} failed] record {record} {what}")
    };
    thread::scope(|scope| {
        let pool = ThreadPoolBuilder::new()
            .num_threads(workers)
            .spawn_handler(|thread| {
                scope.spawn(|| thread.run());
                Ok(())
            })
            .build()
            .unwrap();
        pool.install(|| records.par_iter().with_max_len(1).try_for_each(one))
    })?;
    let (mut log, done, failed) = state.into_inner().unwrap();
    writeln!(log, "imported {} of {total}", done - failed)?;
    Ok(done - failed)
}
