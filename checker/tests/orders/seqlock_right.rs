//! not found: the twin of seqlock_wrong.rs, with the orders it needs
use std::sync::atomic::{AtomicU64, Ordering, fence};
use std::thread;

#[derive(Default)]
struct Pair {
    version: AtomicU64,
    left: AtomicU64,
    right: AtomicU64,
}

impl Pair {
    fn write(&self, value: u64) {
        let version = self.version.load(Ordering::Relaxed);
        self.version.store(version + 1, Ordering::Relaxed);
        fence(Ordering::Release);
        self.left.store(value, Ordering::Relaxed);
        self.right.store(value, Ordering::Relaxed);
        self.version.store(version + 2, Ordering::Release);
    }

    fn read(&self) -> Option<(u64, u64)> {
        let before = self.version.load(Ordering::Acquire);
        let pair = (self.left.load(Ordering::Relaxed), self.right.load(Ordering::Relaxed));
        fence(Ordering::Acquire);
        let after = self.version.load(Ordering::Relaxed);
        (before == after && before % 2 == 0).then_some(pair)
    }
}

fn main() {
    let pair = Pair::default();
    thread::scope(|s| {
        s.spawn(|| pair.write(1));
        if let Some((left, right)) = pair.read() {
            assert_eq!(left, right, "the pair is half old and half new");
        }
    });
}
