//! Thumbnails: pictures fan out to workers, thumbnails come back in the order of the pictures.

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
                // Take a picture, render it, take the next one.
                while let Ok((place, picture)) = queue.lock().unwrap().recv() {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Ines's test.
    #[test]
    fn thumbnails_are_those_of_a_plain_map() {
        let render = |picture: u32| format!("thumbnail {picture}");
        let pictures: Vec<u32> = (0..40).collect();
        let wanted: Vec<String> = pictures.iter().copied().map(render).collect();
        assert_eq!(render_all(pictures, 4, render), wanted);
    }
}
