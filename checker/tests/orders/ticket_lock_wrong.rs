//! found: an increment gets lost: the next in line reads its number with Relaxed, so it need not see what was done before
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

#[derive(Default)]
struct TicketLock {
    next: AtomicU32,
    serving: AtomicU32,
    value: AtomicU32,
}

impl TicketLock {
    fn increment(&self) {
        let ticket = self.next.fetch_add(1, Ordering::Relaxed);
        while self.serving.load(Ordering::Relaxed) != ticket {
            thread::yield_now();
        }
        let value = self.value.load(Ordering::Relaxed);
        self.value.store(value + 1, Ordering::Relaxed);
        self.serving.store(ticket + 1, Ordering::Release);
    }
}

fn main() {
    let lock = TicketLock::default();
    thread::scope(|s| {
        for _ in 0..2 {
            s.spawn(|| lock.increment());
        }
    });
    assert_eq!(lock.value.into_inner(), 2, "an increment was lost");
}
