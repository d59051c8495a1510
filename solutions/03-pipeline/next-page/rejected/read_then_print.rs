//! breaks: clause 1 · finding: deadlock
//! The thread is joined before anybody receives. With three pages it waits for room for ever.

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
        let reading =
            scope.spawn(move || pages.into_iter().for_each(|page| sender.send(read(page)).unwrap()));
        reading.join().unwrap();
        receiver.into_iter().for_each(print);
    });
}
