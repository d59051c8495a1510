//! accepted: crossbeam channels, whose receivers can be cloned, so that no lock stands before the items
//! for when items come from somewhere else and not from a list.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use crossbeam::channel;

/// Calls `f` for every item on `workers` threads, and returns the results in the order of the items.
pub fn parallel_map<T, R, F>(items: Vec<T>, workers: usize, f: F) -> Vec<R>
where
    T: Send,
    R: Send,
    F: Fn(T) -> R + Sync,
{
    assert!(workers > 0, "a map needs at least one worker");
    let count = workers.min(items.len());
    // A rendezvous: an item is handed over when a worker asks for one, and the caller deals until a panic is reported.
    let (deal, dealt) = channel::bounded(0);
    let (report, reports) = channel::unbounded();
    let mut ends = thread::scope(|scope| {
        for _ in 0..count {
            let (dealt, report, f) = (dealt.clone(), report.clone(), &f);
            scope.spawn(move || {
                for (i, item) in dealt {
                    let end = catch_unwind(AssertUnwindSafe(|| f(item)));
                    report.send((i, end)).unwrap();
                }
            });
        }
        drop((dealt, report));
        let mut ends = Vec::new();
        let mut waiting = items.into_iter().enumerate();
        let mut next = waiting.next();
        while let Some(item) = next.take() {
            let mut item = Some(item);
            channel::select! {
                send(deal, item.take().unwrap()) -> sent => {
                    sent.unwrap_or_else(|_| unreachable!("the workers end when the caller has dealt all"));
                    next = waiting.next();
                }
                recv(reports) -> report => {
                    let report: (usize, thread::Result<R>) = report.unwrap();
                    let stops = report.1.is_err();
                    ends.push(report);
                    next = if stops { None } else { item };
                }
            }
        }
        drop((deal, waiting));
        ends.extend(reports);
        ends
    });
    ends.sort_by_key(|(i, _)| *i);
    let results: thread::Result<Vec<R>> = ends.into_iter().map(|(_, end)| end).collect();
    results.unwrap_or_else(|payload| resume_unwind(payload))
}
