//! breaks: clause 2 · finding: sequential
//! The queue's lock is free while a picture is rendered. But the thumbnails now lie under a lock too, and what `push` is
//! called on comes before what is pushed.

use std::sync::{Mutex, mpsc};
use std::thread;

/// Renders a thumbnail of every picture on `workers` threads.
pub fn render_all<P, T, F>(pictures: Vec<P>, workers: usize, render: F) -> Vec<T>
where
    P: Send,
    T: Send,
    F: Fn(P) -> T + Sync,
{
    assert!(workers > 0, "pictures need at least one worker");
    let (picture_sender, picture_receiver) = mpsc::channel();
    for numbered in pictures.into_iter().enumerate() {
        picture_sender.send(numbered).expect("the receiver is in this function");
    }
    drop(picture_sender);
    let queue = Mutex::new(picture_receiver);
    let thumbnails = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..workers {
            let (queue, render, thumbnails) = (&queue, &render, &thumbnails);
            scope.spawn(move || {
                loop {
                    let next = queue.lock().unwrap().recv();
                    let Ok((place, picture)) = next else { break };
                    thumbnails.lock().unwrap().push((place, render(picture)));
                }
            });
        }
    });
    let mut done = thumbnails.into_inner().unwrap();
    done.sort_unstable_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, thumbnail)| thumbnail).collect()
}
