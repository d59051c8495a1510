//! breaks: clause 3 · finding: unbounded
//! All pages are read into a list before the first one is sent.

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
            let pages: Vec<u64> = pages.collect();
            pages.into_iter().for_each(|page| sender.send(page).unwrap());
        });
        waiting.into_iter().map(print).count()
    })
}
