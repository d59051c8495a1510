//! breaks: clause 1 · finding: sequential
//! A static lock lets one call at a time read and print.

use std::sync::mpsc::sync_channel;
use std::sync::{Mutex, PoisonError};
use std::thread;

static DISK: Mutex<()> = Mutex::new(());

pub fn print_ahead<I, F>(pages: I, capacity: usize, mut print: F) -> usize
where
    I: Iterator<Item = u64> + Send,
    F: FnMut(u64) + Send,
{
    let _turn = DISK.lock().unwrap_or_else(PoisonError::into_inner);
    let (sender, receiver) = sync_channel(capacity);
    thread::scope(|scope| {
        let reader = scope.spawn(move || {
            for page in pages {
                sender.send(page).expect("the printer takes every page");
            }
        });
        let mut printed = 0;
        for page in receiver {
            print(page);
            printed += 1;
        }
        reader.join().expect("reading does not panic");
        printed
    })
}
