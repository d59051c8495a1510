//! As many things at once as there are processors, told of as they end.

use crate::process::cancel;
use anyhow::{Result, bail};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Works on as many jobs at once as there are processors; `tell` hears of each as it ends.
pub fn at_once<J: Sync, T: Send>(
    jobs: &[J],
    work: impl Fn(&J) -> T + Sync,
    tell: impl FnMut(usize, T) -> Result<()>,
) -> Result<()> {
    so_many_at_once(None, jobs, work, tell)
}

/// Works on `many` jobs at once, or on as many as there are processors; `tell` hears of each as it ends.
pub fn so_many_at_once<J: Sync, T: Send>(
    many: Option<usize>,
    jobs: &[J],
    work: impl Fn(&J) -> T + Sync,
    mut tell: impl FnMut(usize, T) -> Result<()>,
) -> Result<()> {
    let next = AtomicUsize::new(0);
    let (sender, outcomes) = mpsc::channel();
    let processors = || thread::available_parallelism().map_or(1, |processors| processors.get());
    let workers = many.unwrap_or_else(processors);
    thread::scope(|scope| {
        for _ in 0..workers {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                while let Some((index, job)) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    jobs.get(index).map(|job| (index, job))
                } {
                    if cancel::is_interrupted() || sender.send((index, work(job))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let told = outcomes.iter().try_for_each(|(index, outcome)| tell(index, outcome));
        // Whoever still works on something finds nobody to tell, and stops.
        drop(outcomes);
        told
    })?;
    if cancel::is_interrupted() { bail!("interrupted") } else { Ok(()) }
}
