//! not found: the twin of dekker_wrong.rs, with the orders it needs
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering, fence};
use std::thread;

fn try_enter(mine: &AtomicBool, other: &AtomicBool) -> bool {
    mine.store(true, Ordering::Relaxed);
    fence(Ordering::SeqCst);
    !other.load(Ordering::Relaxed)
}

fn main() {
    let (ada, ben) = (AtomicBool::new(false), AtomicBool::new(false));
    let inside = AtomicUsize::new(0);
    thread::scope(|s| {
        for (mine, other) in [(&ada, &ben), (&ben, &ada)] {
            let inside = &inside;
            s.spawn(move || {
                if try_enter(mine, other) {
                    inside.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert!(inside.into_inner() < 2, "both are inside");
}
