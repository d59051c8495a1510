//! Two weather stations with a limit of 0.3 s each, then a trip of four steps with 0.5 s for all of them.

use std::thread;
use std::time::{Duration, Instant};

use deadline::{Deadline, TimedOut, with_timeout};

const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn main() {
    for (station, takes, degrees) in [("near", 100, 21), ("far", 2_000, 17)] {
        let start = Instant::now();
        let ask = move |_: &_| {
            thread::sleep(ms(takes));
            format!("{degrees} degrees")
        };
        let report = with_timeout(ms(300), ask, || "18 degrees yesterday".to_owned());
        println!("{station}: {report}, after {:.1} s", start.elapsed().as_secs_f64());
    }
    let (start, deadline) = (Instant::now(), Deadline::after(ms(500)));
    for step in ["flight", "hotel", "car", "insurance"] {
        let booked = deadline.call(|_| thread::sleep(ms(200)));
        let said = match booked {
            Ok(()) => "booked",
            Err(TimedOut) => "out of time",
        };
        println!("{step}: {said}, after {:.1} s", start.elapsed().as_secs_f64());
    }
}
