//! A reading every 40 ms, batches of 20, and an age of 100 ms.

use std::thread;
use std::time::{Duration, Instant};

use weather_log::WeatherLog;

fn main() {
    let start = Instant::now();
    let upload = move |batch: Vec<u32>| {
        // In steps of 50 ms, which is as exact as it has to be here.
        let steps = start.elapsed().as_millis() / 50;
        println!("{:.2} s: {batch:?}", steps as f64 * 0.05);
    };
    let log = WeatherLog::open(20, Duration::from_millis(100), upload);
    for reading in 1..=8 {
        log.record(reading);
        thread::sleep(Duration::from_millis(40));
    }
    log.close();
}
