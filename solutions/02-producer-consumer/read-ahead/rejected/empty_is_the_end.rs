//! breaks: clause 1 · finding: race
//! That no page waits at this moment is taken for the end.

use std::sync::mpsc;
use std::thread;

pub fn print_ahead<I, F>(pages: I, capacity: usize, mut print: F) -> usize
where
    I: Iterator<Item = u64> + Send,
    F: FnMut(u64) + Send,
{
    let (sender, waiting) = mpsc::sync_channel(capacity);
    thread::scope(|scope| {
        scope.spawn(move || pages.for_each(|page| drop(sender.send(page))));
        let mut printed = 0;
        let Ok(first) = waiting.recv() else { return 0 };
        print(first);
        printed += 1;
        for page in waiting.try_iter() {
            print(page);
            printed += 1;
        }
        drop(waiting);
        printed
    })
}
