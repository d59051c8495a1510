//! A short film, subtitled by one translator and then by three.

use std::thread;
use std::time::{Duration, Instant};

use subtitles::subtitle;

fn main() {
    for translators in [1, 3] {
        let cues =
            ["HELLO?", "WHO IS THERE?", "IT IS ME.", "AT THIS HOUR?", "THE DOOR WAS OPEN.", "IT ALWAYS IS."];
        let start = Instant::now();
        let translate = |cue: &str| {
            thread::sleep(Duration::from_millis(100));
            cue.to_lowercase()
        };
        subtitle(cues.into_iter(), translators, 2, translate, |line| println!("  {line}"));
        println!("{translators} at work: {:.1} s", start.elapsed().as_secs_f64());
    }
}
