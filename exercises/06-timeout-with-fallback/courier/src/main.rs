//! One courier, one parcel, and three times at the door.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use courier::wait_at_the_door;

fn main() {
    let (courier, parcels) = mpsc::channel();
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(300));
        let _ = courier.send("a book");
    });
    let start = Instant::now();
    for _ in 0..3 {
        let news = wait_at_the_door(&parcels, Duration::from_millis(200));
        println!("{news:?} after {:.1} s", start.elapsed().as_secs_f64());
    }
}
