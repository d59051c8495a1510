//! Four runners, one of whom gives up.

use std::thread;
use std::time::Duration;

use finish_line::race;

fn main() {
    let run = |runner: usize| {
        thread::sleep(Duration::from_millis([200, 300, 50, 100][runner]));
        runner != 2
    };
    race(4, run, |place, runner| println!("{place}: runner {runner}"));
    println!("the race is over");
}
