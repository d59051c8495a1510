//! Four texts of 0.1 s each, one of which is not there, and the words in all of them.

use std::thread;
use std::time::{Duration, Instant};

use aggregate::fan_out_fan_in;

fn main() {
    let texts = [Ok("to be"), Ok("or not to be"), Err("there is no such file"), Ok("that is")];
    let count = |text: &Result<&'static str, &'static str>| {
        thread::sleep(Duration::from_millis(100));
        text.map(|text| text.split(' ').count())
    };
    let start = Instant::now();
    let (words, failures) = fan_out_fan_in(&texts, count, |counts| counts.iter().sum::<usize>());
    println!("{words} words");
    for (index, error) in failures {
        println!("text {index} failed: {error}");
    }
    println!("counted in {:.1} s", start.elapsed().as_secs_f64());
}
