//! breaks: clause 2 · finding: sequential
//! The caller looks every 100 ms which threads have finished. Up to then their workers are idle.

use std::panic::resume_unwind;
use std::thread;
use std::time::Duration;

/// Calls `f` for every item on `workers` threads, and returns the results in the order of the items.
pub fn parallel_map<T, R, F>(items: Vec<T>, workers: usize, f: F) -> Vec<R>
where
    T: Send,
    R: Send,
    F: Fn(T) -> R + Sync,
{
    assert!(workers > 0, "a map needs at least one worker");
    let mut ends: Vec<Option<thread::Result<R>>> = items.iter().map(|_| None).collect();
    thread::scope(|scope| {
        let f = &f;
        let mut running: Vec<(usize, thread::ScopedJoinHandle<'_, R>)> = Vec::new();
        let mut items = items.into_iter().enumerate();
        let mut failed = false;
        loop {
            while running.len() < workers && !failed {
                let Some((i, item)) = items.next() else { break };
                running.push((i, scope.spawn(move || f(item))));
            }
            if running.is_empty() {
                break;
            }
            thread::sleep(Duration::from_millis(100));
            let (finished, others): (Vec<_>, Vec<_>) =
                running.into_iter().partition(|(_, thread)| thread.is_finished());
            running = others;
            for (i, thread) in finished {
                let end = thread.join();
                failed |= end.is_err();
                ends[i] = Some(end);
            }
        }
    });
    let results: thread::Result<Vec<R>> = ends.into_iter().flatten().collect();
    results.unwrap_or_else(|payload| resume_unwind(payload))
}
