//! Two numbers that belong together, written by one thread and read by three: crossbeam's `AtomicCell`, and a sequence lock.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossbeam::atomic::AtomicCell;
use wind_gauge_solution::Gauge;

/// Who keeps a pair of numbers for other threads to read.
trait Pair: Sync {
    fn set(&self, pair: (u32, u32));
    fn get(&self) -> (u32, u32);
}

// ANCHOR: cell
impl Pair for AtomicCell<(u32, u32)> {
    fn set(&self, pair: (u32, u32)) {
        self.store(pair);
    }

    fn get(&self) -> (u32, u32) {
        self.load()
    }
}
// ANCHOR_END: cell

impl Pair for Gauge {
    fn set(&self, (speed, direction): (u32, u32)) {
        Gauge::set(self, speed, direction);
    }

    fn get(&self) -> (u32, u32) {
        Gauge::get(self)
    }
}

/// Writes `pairs` pairs, each number with itself, while three threads read; returns how many of the read ones were halves.
fn halves(gauge: &dyn Pair, pairs: u32) -> usize {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let look = || {
            let mut halves = 0;
            while !is_over.load(Ordering::Acquire) {
                let (speed, direction) = gauge.get();
                halves += usize::from(speed != direction);
                thread::yield_now();
            }
            halves
        };
        let readers: Vec<_> = (0..3).map(|_| scope.spawn(look)).collect();
        (1..=pairs).for_each(|n| gauge.set((n, n)));
        is_over.store(true, Ordering::Release);
        readers.into_iter().map(|reader| reader.join().unwrap_or(usize::MAX)).sum()
    })
}

fn main() {
    let cell = AtomicCell::new((0, 0));
    println!("AtomicCell: {} halves, last {:?}", halves(&cell, 10_000), cell.load());
    let gauge = Gauge::new();
    println!("sequence lock: {} halves, last {:?}", halves(&gauge, 10_000), Gauge::get(&gauge));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU32;

    #[test]
    fn nobody_reads_halves_of_two_pairs() {
        let cell = AtomicCell::new((0, 0));
        assert_eq!((halves(&cell, 10_000), cell.load()), (0, (10_000, 10_000)));
        let gauge = Gauge::new();
        assert_eq!((halves(&gauge, 10_000), Gauge::get(&gauge)), (0, (10_000, 10_000)));
    }

    /// Two atomics side by side. A reader comes between the two stores, since the writer lets it.
    #[derive(Default)]
    struct SideBySide {
        speed: AtomicU32,
        direction: AtomicU32,
        is_between: AtomicBool,
    }

    #[test]
    fn two_atomics_side_by_side_show_halves() {
        let gauge = SideBySide::default();
        thread::scope(|scope| {
            scope.spawn(|| {
                gauge.speed.store(1, Ordering::SeqCst);
                gauge.is_between.store(true, Ordering::SeqCst);
                while gauge.is_between.load(Ordering::SeqCst) {
                    thread::yield_now();
                }
                gauge.direction.store(1, Ordering::SeqCst);
            });
            while !gauge.is_between.load(Ordering::SeqCst) {
                thread::yield_now();
            }
            let read = (gauge.speed.load(Ordering::SeqCst), gauge.direction.load(Ordering::SeqCst));
            gauge.is_between.store(false, Ordering::SeqCst);
            assert_eq!(read, (1, 0), "the halves of two pairs");
        });
    }
}
