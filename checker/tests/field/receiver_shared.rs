//! thumbnails: several threads borrow a `Receiver`.

use std::sync::{Mutex, mpsc};
use std::thread;

pub fn render_all<P, T, F>(pictures: Vec<P>, workers: usize, render: F) -> Vec<T>
where
    P: Send,
    T: Send,
    F: Fn(P) -> T + Sync,
{
    let done = Mutex::new(Vec::new());
    let (tx, rx) = mpsc::channel();
    pictures.into_iter().for_each(|p| tx.send(p).unwrap());
    drop(tx);
    thread::scope(|s| {
        for _ in 0..workers {
            s.spawn(|| rx.iter().for_each(|p| done.lock().unwrap().push(render(p))));
        }
    });
    done.into_inner().unwrap()
}
