//! Thumbnails, repaired: a worker holds the lock of the queue while it takes a picture, and not while it renders.
//!
//! What was wrong: `while let Ok(numbered) = queue.lock().unwrap().recv() { … }`. The guard that `lock` returns has no
//! name, and a value without a name lives until the end of its statement. For `while let` the statement goes on to the
//! end of the body, because the pattern may borrow from what is on the right. So each worker held the queue for as long
//! as it rendered, and the others stood before it. Every result was right; there was one picture in progress at a time.

use std::sync::{Mutex, mpsc};
use std::thread;

/// Renders a thumbnail of every picture on `workers` threads, and returns them in the order of the pictures.
///
/// # Panics
/// If `workers` is 0, and if `render` panics for a picture.
pub fn render_all<P, T, F>(pictures: Vec<P>, workers: usize, render: F) -> Vec<T>
where
    P: Send,
    T: Send,
    F: Fn(P) -> T + Sync,
{
    assert!(workers > 0, "pictures need at least one worker");

    // All pictures go into one queue, each with its place. The workers share the receiving end.
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
                loop {
                    // This `let` is a statement of its own, and the guard is dropped at its end. With a `match` or an
                    // `if let` on the right side it would live on, as with `while let`.
                    let next = queue.lock().unwrap().recv();
                    let Ok((place, picture)) = next else { break };
                    let thumbnail = render(picture);
                    thumbnails.send((place, thumbnail)).expect("the receiver outlives the workers");
                }
            });
        }
        // The workers have clones. Without this the loop over the thumbnails would never end.
        drop(thumbnail_sender);

        let mut done: Vec<(usize, T)> = thumbnails.into_iter().collect();
        done.sort_unstable_by_key(|(place, _)| *place);
        done.into_iter().map(|(_, thumbnail)| thumbnail).collect()
    })
}
