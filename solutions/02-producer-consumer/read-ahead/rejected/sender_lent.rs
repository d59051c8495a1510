//! breaks: clause 1 · finding: deadlock
//! The closure borrows the sender, so the sender lives until the loop that waits for its end has ended.

use std::sync::mpsc;
use std::thread;

pub fn print_ahead<I, F>(pages: I, capacity: usize, print: F) -> usize
where
    I: Iterator<Item = u64> + Send,
    F: FnMut(u64) + Send,
{
    let (sender, waiting) = mpsc::sync_channel(capacity);
    thread::scope(|scope| {
        let lent = &sender;
        scope.spawn(move || pages.for_each(|page| lent.send(page).unwrap()));
        waiting.into_iter().map(print).count()
    })
}
