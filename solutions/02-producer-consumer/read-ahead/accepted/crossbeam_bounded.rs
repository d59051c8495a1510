//! accepted: crossbeam's channel, with the reading on the calling thread
//! for when several threads have to receive later on.

use crossbeam::channel;
use std::thread;

pub fn print_ahead<I, F>(pages: I, capacity: usize, mut print: F) -> usize
where
    I: Iterator<Item = u64> + Send,
    F: FnMut(u64) + Send,
{
    let (sender, receiver) = channel::bounded(capacity);
    thread::scope(|scope| {
        let printer = scope.spawn(move || {
            let mut printed = 0;
            while let Ok(page) = receiver.recv() {
                print(page);
                printed += 1;
            }
            printed
        });
        for page in pages {
            sender.send(page).unwrap();
        }
        drop(sender);
        printer.join().unwrap()
    })
}
