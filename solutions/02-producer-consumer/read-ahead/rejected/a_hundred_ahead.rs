//! breaks: clause 2 · finding: sequential
//! At most a hundred pages are read ahead, whatever the capacity.

use std::sync::mpsc;
use std::thread;

/// Prints all pages, in their order, while a second thread reads ahead. Returns the number of pages.
pub fn print_ahead<I, F>(pages: I, capacity: usize, print: F) -> usize
where
    I: Iterator<Item = u64> + Send,
    F: FnMut(u64) + Send,
{
    let (sender, waiting) = mpsc::sync_channel(capacity.min(100));
    thread::scope(|scope| {
        // `move`: the sender has to go when the reading ends, or the loop below would never end.
        scope.spawn(move || {
            pages.for_each(|page| sender.send(page).expect("the loop below receives to the end"))
        });
        waiting.into_iter().map(print).count()
    })
}
