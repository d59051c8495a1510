//! accepted: the thread that reads the next page is started before this one is printed, and joined after
//! for when one page ahead is enough: there is no channel, and no end to think about.

use std::thread;

/// Reads every page and prints it, in order.
pub fn read_ahead<P, T, R, O>(pages: Vec<P>, read: R, print: O)
where
    P: Send,
    T: Send,
    R: Fn(P) -> T + Send,
    O: FnMut(T),
{
    let (mut print, mut pages) = (print, pages.into_iter());
    let mut here = pages.next().map(&read);
    let read = std::sync::Mutex::new(read);
    while let Some(text) = here {
        here = thread::scope(|scope| {
            let next = pages.next().map(|page| scope.spawn(|| read.lock().unwrap()(page)));
            print(text);
            next.map(|next| next.join().unwrap())
        });
    }
}
