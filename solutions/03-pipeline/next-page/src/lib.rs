//! Two stages: one thread reads pages, another one prints them.
//!
//! The reading thread owns the sender. So the sender is dropped when the last page is sent, and that ends the loop that
//! prints. The channel has room for one page. When it is full, `send` waits, and so the reading thread can never be more
//! than two pages ahead: one waits in the channel, one in its hand.

use std::sync::mpsc::sync_channel;
use std::thread;

/// Reads every page and prints it, in order. While one page is printed, the next one is read.
///
/// * `read`: reads one page, and may take its time.
/// * `print`: prints one page, and may take its time too. It runs on the calling thread.
pub fn read_ahead<P, T, R, O>(pages: Vec<P>, read: R, print: O)
where
    P: Send,
    T: Send,
    R: Fn(P) -> T + Send,
    O: FnMut(T),
{
    let (sender, receiver) = sync_channel::<T>(1);
    thread::scope(|scope| {
        scope.spawn(move || {
            pages.into_iter().for_each(|page| sender.send(read(page)).expect("the caller prints"));
        });
        receiver.into_iter().for_each(print);
    });
}
