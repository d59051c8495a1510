//! breaks: clause 1 · finding: race
//! `try_send` does not wait for room, and the page that it returns is dropped.

use std::sync::mpsc;
use std::thread;

pub fn print_ahead<I, F>(pages: I, capacity: usize, print: F) -> usize
where
    I: Iterator<Item = u64> + Send,
    F: FnMut(u64) + Send,
{
    let (sender, waiting) = mpsc::sync_channel(capacity);
    thread::scope(|scope| {
        scope.spawn(move || {
            for page in pages {
                let _ = sender.try_send(page);
            }
        });
        waiting.into_iter().map(print).count()
    })
}
