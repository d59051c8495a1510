//! Five people and a booth with sessions of five minutes.

use std::time::{Duration, Instant};

use photo_booth::Booth;

const MINUTE: Duration = Duration::from_secs(60);

fn main() {
    let opening = Instant::now();
    let mut booth = Booth::new(MINUTE * 5);
    for asks in [0, 1, 2, 20, 21] {
        let begins = booth.book(opening + MINUTE * asks);
        let minutes = begins.duration_since(opening).as_secs() / 60;
        println!("asks at {asks:>2}, begins at {minutes:>2}");
    }
}
