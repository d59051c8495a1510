//! accepted: an atomic index into slots; the thumbnail is put where the picture was, so nothing has to be sorted

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

enum Slot<P, T> {
    Picture(P),
    InProgress,
    Thumbnail(T),
}

/// Renders a thumbnail of every picture on `workers` threads.
pub fn render_all<P, T, F>(pictures: Vec<P>, workers: usize, render: F) -> Vec<T>
where
    P: Send,
    T: Send,
    F: Fn(P) -> T + Sync,
{
    assert!(workers > 0, "pictures need at least one worker");
    let slots: Vec<Mutex<Slot<P, T>>> = pictures.into_iter().map(|p| Mutex::new(Slot::Picture(p))).collect();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(slot) = slots.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let taken = std::mem::replace(&mut *slot.lock().unwrap(), Slot::InProgress);
                    let Slot::Picture(picture) = taken else { unreachable!("each index is given out once") };
                    let thumbnail = render(picture);
                    *slot.lock().unwrap() = Slot::Thumbnail(thumbnail);
                }
            });
        }
    });
    let finished = |slot: Mutex<Slot<P, T>>| match slot.into_inner().unwrap() {
        Slot::Thumbnail(thumbnail) => thumbnail,
        _ => unreachable!("no worker has panicked"),
    };
    slots.into_iter().map(finished).collect()
}
