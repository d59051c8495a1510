//! The mast on the roof measures, and three windows of the harbour office look at it.

use std::thread;
use std::time::Duration;

use wind_gauge::Gauge;

fn main() {
    let gauge = Gauge::new();
    thread::scope(|scope| {
        scope.spawn(|| {
            for (speed, direction) in [(12, 270), (14, 275), (19, 310)] {
                gauge.set(speed, direction);
                thread::sleep(Duration::from_millis(20));
            }
        });
        for _ in 0..3 {
            scope.spawn(|| {
                thread::sleep(Duration::from_millis(30));
                let _ = gauge.get();
            });
        }
    });
    let (speed, direction) = gauge.get();
    println!("{speed} knots from {direction} degrees");
}
