//! breaks: clause 3 · finding: unbounded
//! The channel has no limit, so the reading thread never waits.

use std::sync::mpsc::channel;
use std::thread;

/// Reads every page and prints it, in order.
pub fn read_ahead<P, T, R, O>(pages: Vec<P>, read: R, print: O)
where
    P: Send,
    T: Send,
    R: Fn(P) -> T + Send,
    O: FnMut(T),
{
    let (sender, receiver) = channel();
    thread::scope(|scope| {
        scope.spawn(move || pages.into_iter().for_each(|page| sender.send(read(page)).unwrap()));
        receiver.into_iter().for_each(print);
    });
}
