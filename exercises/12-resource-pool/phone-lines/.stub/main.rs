//! Four calls on four lines, 0.1 s to connect and 0.1 s to talk. Then eight, after three attempts to connect have failed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use phone_lines::Exchange;

fn main() {
    let tenth = Duration::from_millis(100);
    for (calls, noise) in [(4, 0), (8, 3)] {
        let dialled = AtomicUsize::new(0);
        let exchange = Exchange::new(4, move || {
            if dialled.fetch_add(1, Ordering::SeqCst) < noise {
                return Err("noise");
            }
            thread::sleep(tenth);
            Ok("line")
        });
        for _ in 0..noise {
            println!("{}", exchange.call(|_| "hello").unwrap_or_else(|noise| noise));
        }
        let start = Instant::now();
        thread::scope(|scope| {
            for _ in 0..calls {
                scope.spawn(|| exchange.call(|_| thread::sleep(tenth)));
            }
        });
        println!("{calls} calls in {:.1} s", start.elapsed().as_secs_f64());
    }
}
