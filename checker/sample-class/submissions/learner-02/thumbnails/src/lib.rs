//! Handed in by learner 2, who is invented.

use std::thread;

use crossbeam::channel;

/// Renders a thumbnail of every picture on `workers` threads.
pub fn render_all<P, T, F>(pictures: Vec<P>, workers: usize, render: F) -> Vec<T>
where
    P: Send,
    T: Send,
    F: Fn(P) -> T + Sync,
{
    assert!(workers > 0, "pictures need at least one worker");
    let (picture_sender, queue) = channel::unbounded();
    pictures.into_iter().enumerate().for_each(|numbered| picture_sender.send(numbered).unwrap());
    drop(picture_sender);
    let (thumbnail_sender, thumbnails) = channel::unbounded();
    let mut done: Vec<(usize, T)> = thread::scope(|scope| {
        for _ in 0..workers {
            let (queue, render, thumbnails) = (queue.clone(), &render, thumbnail_sender.clone());
            scope.spawn(move || {
                for (place, picture) in queue {
                    thumbnails.send((place, render(picture))).unwrap();
                }
            });
        }
        drop(thumbnail_sender);
        thumbnails.into_iter().collect()
    });
    done.sort_unstable_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, thumbnail)| thumbnail).collect()
}
