//! not found: the twin of ring_wrong.rs, with the orders it needs
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;

/// A queue for one producer and one consumer.
#[derive(Default)]
struct Ring {
    slots: [AtomicU64; 2],
    written: AtomicUsize,
    read: AtomicUsize,
}

impl Ring {
    fn push(&self, value: u64) {
        let written = self.written.load(Ordering::Relaxed);
        while written - self.read.load(Ordering::Acquire) == self.slots.len() {
            thread::yield_now();
        }
        self.slots[written % 2].store(value, Ordering::Relaxed);
        self.written.store(written + 1, Ordering::Release);
    }

    fn pop(&self) -> u64 {
        let read = self.read.load(Ordering::Relaxed);
        while self.written.load(Ordering::Acquire) == read {
            thread::yield_now();
        }
        let value = self.slots[read % 2].load(Ordering::Relaxed);
        self.read.store(read + 1, Ordering::Release);
        value
    }
}

fn main() {
    let ring = Ring::default();
    let taken: Vec<u64> = thread::scope(|s| {
        s.spawn(|| (1..=3).for_each(|n| ring.push(n)));
        (0..3).map(|_| ring.pop()).collect()
    });
    assert_eq!(taken, [1, 2, 3], "an item was not there yet");
}
