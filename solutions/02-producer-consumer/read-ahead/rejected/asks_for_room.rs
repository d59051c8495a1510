//! breaks: clause 2 · finding: busy-wait
//! The reading thread asks for room again and again, with a yield in between.

use std::sync::mpsc::{self, TrySendError};
use std::thread;

pub fn print_ahead<I, F>(pages: I, capacity: usize, print: F) -> usize
where
    I: Iterator<Item = u64> + Send,
    F: FnMut(u64) + Send,
{
    let (sender, waiting) = mpsc::sync_channel(capacity);
    thread::scope(|scope| {
        scope.spawn(move || {
            for mut page in pages {
                while let Err(TrySendError::Full(refused)) = sender.try_send(page) {
                    page = refused;
                    thread::yield_now();
                }
            }
        });
        waiting.into_iter().map(print).count()
    })
}
