//! breaks: clause 1 · finding: race
//! The place of the next picture is a `static`, set back to 0 at the start. But two calls at once count on with the same
//! one: the workers of one call leave out what those of the other have taken.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

enum Slot<P, T> {
    Picture(P),
    Empty,
    Thumbnail(T),
}

/// The place of the next picture that nobody has taken.
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// Renders a thumbnail of every picture on `workers` threads.
pub fn render_all<P, T, F>(pictures: Vec<P>, workers: usize, render: F) -> Vec<T>
where
    P: Send,
    T: Send,
    F: Fn(P) -> T + Sync,
{
    assert!(workers > 0, "pictures need at least one worker");
    let slots: Vec<Mutex<Slot<P, T>>> = pictures.into_iter().map(|p| Mutex::new(Slot::Picture(p))).collect();
    NEXT.store(0, Ordering::Relaxed);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(slot) = slots.get(NEXT.fetch_add(1, Ordering::Relaxed)) {
                    let taken = std::mem::replace(&mut *slot.lock().unwrap(), Slot::Empty);
                    let Slot::Picture(picture) = taken else { continue };
                    let thumbnail = render(picture);
                    *slot.lock().unwrap() = Slot::Thumbnail(thumbnail);
                }
            });
        }
    });
    let finished = |slot: Mutex<Slot<P, T>>| match slot.into_inner().unwrap() {
        Slot::Thumbnail(thumbnail) => Some(thumbnail),
        _ => None,
    };
    slots.into_iter().filter_map(finished).collect()
}
