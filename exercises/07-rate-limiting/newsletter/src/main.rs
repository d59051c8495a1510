//! Five mails at once, then one every 0.1 s: before and after a silence of two seconds.

use std::thread;
use std::time::{Duration, Instant};

use newsletter::Quota;

fn main() {
    let quota = Quota::new(Duration::from_millis(100), 5);
    for after in ["at the beginning", "after a silence"] {
        let at_once = (0..100).filter(|_| quota.try_take()).count();
        println!("{after}: {at_once} mails at once");
        let start = Instant::now();
        thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(|| quota.wait()))));
        println!("4 more in {:.1} s", start.elapsed().as_secs_f64());
        thread::sleep(Duration::from_secs(2));
    }
}
