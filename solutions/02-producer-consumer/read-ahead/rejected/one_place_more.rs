//! breaks: clause 3 · finding: unbounded
//! The queue has a place more than was allowed.

use std::sync::mpsc;
use std::thread;

pub fn print_ahead<I, F>(pages: I, capacity: usize, print: F) -> usize
where
    I: Iterator<Item = u64> + Send,
    F: FnMut(u64) + Send,
{
    let (sender, waiting) = mpsc::sync_channel(capacity + 1);
    thread::scope(|scope| {
        scope.spawn(move || pages.for_each(|page| sender.send(page).unwrap()));
        waiting.into_iter().map(print).count()
    })
}
