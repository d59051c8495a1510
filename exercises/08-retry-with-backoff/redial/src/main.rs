//! Five calls that all fail, and the waits between them.

use std::time::Duration;

use redial::waits;

fn main() {
    let waits = waits(5, Duration::from_secs(1), Duration::from_secs(5));
    for (number, wait) in waits.iter().enumerate() {
        println!("call {}", number + 1);
        println!("wait {} s", wait.as_secs());
    }
    println!("call {}", waits.len() + 1);
    println!("in all: {} s", waits.iter().sum::<Duration>().as_secs());
}
