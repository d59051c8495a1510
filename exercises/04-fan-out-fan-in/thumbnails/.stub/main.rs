//! Eight pictures of 0.1 s each, first with one worker, then with four.

use std::thread;
use std::time::{Duration, Instant};

use thumbnails::render_all;

fn main() {
    for workers in [1, 4] {
        let pictures = ["cat", "dog", "eel", "fox", "gnu", "hen", "ibis", "jay"];
        let start = Instant::now();
        let thumbnails = render_all(pictures.to_vec(), workers, |picture| {
            thread::sleep(Duration::from_millis(100));
            format!("{picture}.thumb")
        });
        println!("{}", thumbnails.join(" "));
        println!("{workers} at once: {:.1} s", start.elapsed().as_secs_f64());
    }
}
