//! Handed in by learner 3, who is invented.

use std::thread;

/// Renders a thumbnail of every picture on `workers` threads.
pub fn render_all<P, T, F>(pictures: Vec<P>, workers: usize, render: F) -> Vec<T>
where
    P: Send,
    T: Send,
    F: Fn(P) -> T + Sync,
{
    assert!(workers > 0, "pictures need at least one worker");
    let render = &render;
    let mut pictures = pictures.into_iter();
    let mut thumbnails = Vec::new();
    loop {
        let batch: Vec<P> = pictures.by_ref().take(workers).collect();
        if batch.is_empty() {
            return thumbnails;
        }
        thread::scope(|scope| {
            let threads: Vec<_> =
                batch.into_iter().map(|picture| scope.spawn(move || render(picture))).collect();
            thumbnails.extend(threads.into_iter().map(|thread| thread.join().unwrap()));
        });
    }
}
