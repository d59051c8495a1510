//! breaks: clause 3 · finding: unbounded
//! The channel has room for two pages, so with the one in the hand there are three.

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
    let (sender, receiver) = sync_channel(2);
    thread::scope(|scope| {
        scope.spawn(move || pages.into_iter().for_each(|page| sender.send(read(page)).unwrap()));
        receiver.into_iter().for_each(print);
    });
}
