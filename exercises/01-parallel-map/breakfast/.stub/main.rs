//! Breakfast for one: eggs take longest, and come first.

use std::thread;
use std::time::{Duration, Instant};

use breakfast::cook_all;

fn main() {
    let start = Instant::now();
    let menu = vec![("eggs", 3), ("toast", 2), ("tea", 1)];
    let plates = cook_all(menu, |(dish, minutes)| {
        // A minute in the kitchen is a tenth of a second here.
        thread::sleep(Duration::from_millis(100 * minutes));
        println!("{dish}: ready after {minutes} min");
        dish
    });
    let minutes = start.elapsed().as_secs_f64() * 10.0;
    println!("served: {}, after {minutes:.0} min", plates.join(", "));
}
