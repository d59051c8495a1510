//! One moment under a lock: four threads, and a permit every 0.3 s.

// ANCHOR: program
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

struct Limiter {
    period: Duration,
    next: Mutex<Instant>, // when the next permit is free
}

impl Limiter {
    fn acquire(&self) {
        let wait = {
            let mut next = self.next.lock().unwrap();
            let now = Instant::now();
            let mine = now.max(*next);
            *next = mine + self.period;
            mine - now
        }; // the lock is released here
        thread::sleep(wait);
    }
}

fn main() {
    let (start, period) = (Instant::now(), Duration::from_millis(300));
    let limiter = Limiter { period, next: Mutex::new(start) };
    let request = || {
        limiter.acquire();
        start.elapsed().as_millis() / period.as_millis()
    };
    let mut periods = thread::scope(|scope| {
        let threads = [(); 4].map(|()| scope.spawn(request));
        threads.map(|thread| thread.join().unwrap())
    });
    periods.sort_unstable();
    println!("one request in each of the periods {periods:?}");
}
// ANCHOR_END: program
