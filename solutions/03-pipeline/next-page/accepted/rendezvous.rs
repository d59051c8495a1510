//! accepted: a channel without room, so that a page is handed over from thread to thread
//! for when a page is large: besides the one that is printed, there is only one more.

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
    let (sender, receiver) = sync_channel(0);
    thread::scope(|scope| {
        scope.spawn(move || pages.into_iter().map(read).all(|text| sender.send(text).is_ok()));
        receiver.iter().for_each(print);
    });
}
