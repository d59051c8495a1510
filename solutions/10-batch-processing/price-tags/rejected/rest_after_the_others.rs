//! breaks: clause 3 · finding: sequential
//! The last batch, if it is smaller, begins when the others have ended.
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc;
use std::thread;

pub fn batch_process<T, R, F>(items: &[T], size: usize, f: F) -> Vec<R>
where
    T: Sync,
    R: Send,
    F: Fn(&[T]) -> Vec<R> + Sync,
{
    assert!(size > 0, "a batch has at least one item");
    let (sender, receiver) = mpsc::channel();
    let f = &f;
    thread::scope(|scope| {
        for (number, batch) in items.chunks_exact(size).enumerate() {
            let sender = sender.clone();
            scope.spawn(move || {
                let outcome = catch_unwind(AssertUnwindSafe(|| f(batch)));
                let _ = sender.send((number, outcome));
            });
        }
    });
    let rest = items.chunks_exact(size).remainder();
    if !rest.is_empty() {
        let _ = sender.send((usize::MAX, catch_unwind(AssertUnwindSafe(|| f(rest)))));
    }
    drop(sender);
    let mut ended: Vec<_> = receiver.into_iter().collect();
    ended.sort_by_key(|(number, _)| *number);
    let mut list = Vec::new();
    for (_, outcome) in ended {
        list.extend(outcome.unwrap_or_else(|payload| resume_unwind(payload)));
    }
    list
}
