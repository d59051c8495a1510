//! Eight photos of 0.1 s to 0.2 s each, first with one worker, then with four; and then two photos.

use std::thread;
use std::time::{Duration, Instant};

use seed_trays::count_all;

fn main() {
    let photos: Vec<u64> = vec![118, 102, 97, 120, 88, 109, 94, 101];
    let photos = &photos;
    for (photos, workers) in [(&photos[..], 1), (&photos[..], 4), (&photos[..2], 4)] {
        let start = Instant::now();
        let counts = count_all(photos, workers, |seedlings| {
            // The more seedlings there are, the longer it takes to count them.
            thread::sleep(Duration::from_millis(*seedlings));
            *seedlings
        });
        println!("{counts:?}");
        println!("{workers} at once: {:.1} s", start.elapsed().as_secs_f64());
    }
}
