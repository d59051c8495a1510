//! breaks: clause 2 · finding: sequential
//! Each page gets a thread, and is waited for before the next one begins.

use std::thread;

/// Reads every page and prints it, in order.
pub fn read_ahead<P, T, R, O>(pages: Vec<P>, read: R, print: O)
where
    P: Send,
    T: Send,
    R: Fn(P) -> T + Send,
    O: FnMut(T),
{
    let (mut print, read) = (print, std::sync::Mutex::new(read));
    for page in pages {
        let text = thread::scope(|scope| scope.spawn(|| read.lock().unwrap()(page)).join().unwrap());
        print(text);
    }
}
