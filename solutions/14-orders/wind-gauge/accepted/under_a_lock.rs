//! accepted: a Mutex

use std::sync::Mutex;

/// The speed and the direction of the wind.
#[derive(Debug, Default)]
pub struct Gauge {
    pair: Mutex<(u32, u32)>,
}

impl Gauge {
    /// A gauge without a measurement: speed and direction are 0.
    pub const fn new() -> Self {
        Self { pair: Mutex::new((0, 0)) }
    }

    /// Stores a measurement. One thread at a time may call this.
    pub fn set(&self, speed: u32, direction: u32) {
        *self.pair.lock().unwrap() = (speed, direction);
    }

    /// The speed and the direction of one measurement.
    pub fn get(&self) -> (u32, u32) {
        *self.pair.lock().unwrap()
    }
}
