//! Wind gauge: one thread stores measurements of two numbers, and many read them without a lock.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// The speed and the direction of the wind.
#[derive(Debug, Default)]
pub struct Gauge {
    /// How often `set` has begun and ended. Odd while it is in the middle.
    version: AtomicU64,
    speed: AtomicU32,
    direction: AtomicU32,
}

impl Gauge {
    /// A gauge without a measurement: speed and direction are 0.
    pub const fn new() -> Self {
        Self { version: AtomicU64::new(0), speed: AtomicU32::new(0), direction: AtomicU32::new(0) }
    }

    /// Stores a measurement. One thread at a time may call this.
    pub fn set(&self, speed: u32, direction: u32) {
        let version = self.version.load(Ordering::Relaxed);
        self.version.store(version + 1, Ordering::Relaxed);
        self.speed.store(speed, Ordering::Relaxed);
        self.direction.store(direction, Ordering::Relaxed);
        self.version.store(version + 2, Ordering::Release);
    }

    /// The speed and the direction of one measurement.
    pub fn get(&self) -> (u32, u32) {
        loop {
            let version = self.version.load(Ordering::Acquire);
            let pair = (self.speed.load(Ordering::Relaxed), self.direction.load(Ordering::Relaxed));
            if version.is_multiple_of(2) && self.version.load(Ordering::Acquire) == version {
                return pair;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ada's test.
    #[test]
    fn a_measurement_is_read_as_it_was_stored() {
        let gauge = Gauge::new();
        assert_eq!(gauge.get(), (0, 0));
        gauge.set(19, 310);
        assert_eq!(gauge.get(), (19, 310));
    }
}
