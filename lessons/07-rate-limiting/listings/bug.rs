//! One thread waits for its permit, and holds the lock. The other one only wants to know whether there is a permit.

// ANCHOR: program
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

const PERIOD: Duration = Duration::from_millis(100);

fn acquire(last: &Mutex<Instant>) {
    let mut last = last.lock().unwrap();
    thread::sleep(PERIOD.saturating_sub(last.elapsed()));
    *last = Instant::now();
}

fn try_acquire(last: &Mutex<Instant>) -> bool {
    let mut last = last.lock().unwrap();
    let free = last.elapsed() >= PERIOD;
    if free {
        *last = Instant::now();
    }
    free
}

pub fn main() {
    let last = Mutex::new(Instant::now());
    thread::scope(|scope| {
        scope.spawn(|| acquire(&last));
        let asked = Instant::now();
        let free = try_acquire(&last);
        println!("{free}, after {:.1} s", asked.elapsed().as_secs_f64());
    });
}
// ANCHOR_END: program
