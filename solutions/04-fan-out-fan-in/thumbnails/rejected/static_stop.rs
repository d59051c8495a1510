//! breaks: clause 5 · finding: wrong-answer
//! When a picture panics the other workers need not go on: a `static` tells them so, and the scope panics in the end. But
//! nobody takes that back, and all calls after it stop before they have begun.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

enum Slot<P, T> {
    Picture(P),
    InProgress,
    Thumbnail(T),
}

/// Whether a picture has panicked.
static STOP: AtomicBool = AtomicBool::new(false);

/// A worker has one. If it panics, that is known to all.
struct StopOnPanic;

impl Drop for StopOnPanic {
    fn drop(&mut self) {
        if thread::panicking() {
            STOP.store(true, Ordering::SeqCst);
        }
    }
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
                let _stop = StopOnPanic;
                while !STOP.load(Ordering::SeqCst) {
                    let Some(slot) = slots.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
                    let taken = std::mem::replace(&mut *slot.lock().unwrap(), Slot::InProgress);
                    let Slot::Picture(picture) = taken else { unreachable!("each index is given out once") };
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
