//! accepted: both numbers in one atomic

use std::sync::atomic::{AtomicU64, Ordering};

/// The speed and the direction of the wind.
#[derive(Debug, Default)]
pub struct Gauge {
    /// The speed in the upper half.
    pair: AtomicU64,
}

impl Gauge {
    /// A gauge without a measurement: speed and direction are 0.
    pub const fn new() -> Self {
        Self { pair: AtomicU64::new(0) }
    }

    /// Stores a measurement. One thread at a time may call this.
    pub fn set(&self, speed: u32, direction: u32) {
        let pair = u64::from(speed) << 32 | u64::from(direction);
        self.pair.store(pair, Ordering::Release);
    }

    /// The speed and the direction of one measurement.
    pub fn get(&self) -> (u32, u32) {
        let pair = self.pair.load(Ordering::Acquire);
        ((pair >> 32) as u32, pair as u32)
    }
}
