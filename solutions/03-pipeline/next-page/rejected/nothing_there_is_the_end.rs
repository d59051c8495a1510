//! breaks: clause 1 · finding: race
//! The printing loop ends at the first moment at which no page is there.

use std::sync::mpsc::sync_channel;
use std::thread;

/// Reads every page and prints it, in order.
pub fn read_ahead<P, T, R, O>(pages: Vec<P>, read: R, print: O)
where
    P: Send,
    T: Send,
    R: Fn(P) -> T + Send,
    O: FnMut(T),
{
    let (sender, receiver) = sync_channel(1);
    thread::scope(|scope| {
        scope.spawn(move || pages.into_iter().for_each(|page| drop(sender.send(read(page)))));
        receiver.try_iter().for_each(print);
        drop(receiver);
    });
}
