//! Read ahead, solved with a channel that has a limit.
//!
//! The channel is the place where pages wait, and its capacity is the limit. When it is full, `send` blocks the reading
//! thread, and the disk rests. When the last page is read, the closure ends and drops the sender that it owns. That ends
//! the loop over the receiver. So the limit and the end need no code of ours.

use std::sync::mpsc;
use std::thread;

/// Prints all pages, in their order, while a second thread reads ahead. Returns the number of pages.
pub fn print_ahead<I, F>(pages: I, capacity: usize, print: F) -> usize
where
    I: Iterator<Item = u64> + Send,
    F: FnMut(u64) + Send,
{
    let (sender, waiting) = mpsc::sync_channel(capacity);
    thread::scope(|scope| {
        // `move`: the sender has to go when the reading ends, or the loop below would never end.
        scope.spawn(move || {
            pages.for_each(|page| sender.send(page).expect("the loop below receives to the end"))
        });
        waiting.into_iter().map(print).count()
    })
}
