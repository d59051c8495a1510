//! breaks: clause 2 · finding: sequential
//! Two places are missing, so even with the page in the hand one page fewer waits than may.

use std::sync::mpsc;
use std::thread;

pub fn print_ahead<I, F>(pages: I, capacity: usize, print: F) -> usize
where
    I: Iterator<Item = u64> + Send,
    F: FnMut(u64) + Send,
{
    let (sender, waiting) = mpsc::sync_channel(capacity.saturating_sub(2));
    thread::scope(|scope| {
        scope.spawn(move || pages.for_each(|page| sender.send(page).unwrap()));
        waiting.into_iter().map(print).count()
    })
}
