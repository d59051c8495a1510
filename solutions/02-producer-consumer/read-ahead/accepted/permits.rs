//! accepted: a channel without a limit, and a permit for each page that may be pulled
//! for when the limit is counted in something other than items, such as bytes.

use std::sync::mpsc;
use std::thread;

pub fn print_ahead<I, F>(pages: I, capacity: usize, mut print: F) -> usize
where
    I: Iterator<Item = u64> + Send,
    F: FnMut(u64) + Send,
{
    let (sender, receiver) = mpsc::channel();
    let (permit, permits) = mpsc::channel();
    for _ in 0..=capacity {
        permit.send(()).unwrap();
    }
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut pages = pages;
            while permits.recv().is_ok() {
                let Some(page) = pages.next() else { return };
                if sender.send(page).is_err() {
                    return;
                }
            }
        });
        let mut printed = 0;
        for page in receiver {
            // The page waits no longer: another one may be pulled. After the last page nobody wants the permit.
            let _ = permit.send(());
            print(page);
            printed += 1;
        }
        printed
    })
}
