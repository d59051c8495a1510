//! The prices of eight articles. The supplier answers three articles at once, and takes 0.1 s for every answer.

use std::thread;
use std::time::{Duration, Instant};

use price_tags::batch_process;

fn main() {
    let articles = ["apples", "bread", "cheese", "dill", "eggs", "figs", "grapes", "honey"];
    let start = Instant::now();
    let tags = batch_process(&articles, 3, |batch| {
        thread::sleep(Duration::from_millis(100));
        batch.iter().map(|article| format!("{article} {}", article.len() * 25)).collect()
    });
    println!("{}", tags.join(", "));
    println!("in {:.1} s", start.elapsed().as_secs_f64());
}
