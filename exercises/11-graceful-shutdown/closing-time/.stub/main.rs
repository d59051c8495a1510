//! Three workers pack seven orders, and then the shop closes.

use std::thread;
use std::time::Duration;

use closing_time::Crew;

fn main() {
    let crew = Crew::start(3, |order: u64| thread::sleep(Duration::from_millis(20 * order)));
    for order in 1..=7 {
        crew.send(order);
    }
    println!("seven orders are in the queue");
    println!("closed after {} orders", crew.close());
}
