//! Two stages: one thread reads pages, another one prints them.

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
        let _ = (scope, pages, read, print, sender, receiver);
        todo!("read on a thread of its own, and print here what arrives")
    });
}
