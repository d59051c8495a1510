//! Eight clips of 0.1 s each on four workers, first whole ones, then with a damaged one among them.

use std::thread;
use std::time::{Duration, Instant};

use night_shift::{Outcome, Shift};

fn main() {
    // A panic on a worker's thread is announced on stderr. Here it is expected.
    std::panic::set_hook(Box::new(|_| {}));
    for damaged in [None, Some(2)] {
        let start = Instant::now();
        let shift = Shift::begin(4);
        for clip in 0..8 {
            shift.submit(move || {
                thread::sleep(Duration::from_millis(100));
                assert!(Some(clip) != damaged, "clip {clip} is damaged");
                format!("clip {clip}")
            });
        }
        let line = |outcome: Outcome<String>| match outcome {
            Outcome::Done(clip) => clip,
            Outcome::Broken => "broken".to_owned(),
        };
        let outcomes: Vec<_> = shift.finish().into_iter().map(line).collect();
        println!("{}", outcomes.join(", "));
        println!("in {:.1} s", start.elapsed().as_secs_f64());
    }
}
