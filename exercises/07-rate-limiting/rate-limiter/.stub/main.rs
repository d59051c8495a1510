//! 20 threads, 10 permits a second, and a burst of 5. A `#` is a request.

use std::thread;
use std::time::{Duration, Instant};

use rate_limiter::RateLimiter;

fn main() {
    let start = Instant::now();
    let limiter = RateLimiter::new(10, Duration::from_secs(1), 5);
    let request = || {
        limiter.acquire();
        start.elapsed().as_millis() / 100
    };
    let mut tenths: Vec<u128> = thread::scope(|scope| {
        let threads: Vec<_> = (0..20).map(|_| scope.spawn(request)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    tenths.sort_unstable();
    for tenth in 0..=tenths[tenths.len() - 1] {
        let requests = tenths.iter().filter(|its| **its == tenth).count();
        println!("{}.{} s {}", tenth / 10, tenth % 10, "#".repeat(requests));
    }
}
