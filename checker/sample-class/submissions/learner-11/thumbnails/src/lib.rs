//! Handed in by learner 11, who is invented.

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
    let (thumbnail_sender, thumbnails) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..workers {
            let (queue, render, thumbnails) = (&queue, &render, thumbnail_sender.clone());
            scope.spawn(move || {
                let pictures = queue.lock().unwrap();
                while let Ok((place, picture)) = pictures.recv() {
                    let thumbnail = render(picture);
                    thumbnails.send((place, thumbnail)).expect("the receiver outlives the workers");
                }
            });
        }
        drop(thumbnail_sender);
        let mut done: Vec<(usize, T)> = thumbnails.into_iter().collect();
        done.sort_unstable_by_key(|(place, _)| *place);
        done.into_iter().map(|(_, thumbnail)| thumbnail).collect()
    })
}
