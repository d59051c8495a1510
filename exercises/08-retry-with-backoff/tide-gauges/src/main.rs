//! Four gauges over one channel. The first one is silent for three attempts.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tide_gauges::{Policy, read_all};

fn main() {
    let start = Instant::now();
    let policy = Policy { attempts: 5, base: Duration::from_millis(100), cap: Duration::from_secs(1) };
    let asked = AtomicU32::new(0);
    read_all(4, 1, policy, |gauge| {
        let silent = gauge == 0 && asked.fetch_add(1, Ordering::SeqCst) < 3;
        let said = if silent { "is silent" } else { "answers" };
        println!("{:.1} s: gauge {gauge} {said}", start.elapsed().as_secs_f64());
        if silent { Err("silent") } else { Ok(gauge) }
    });
}
