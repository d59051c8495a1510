//! Twelve pages through a pipeline: fetched by ten workers, counted by two, saved in order. Then one page is missing.

use std::thread;
use std::time::{Duration, Instant};

use pipeline::{Stage, run};

/// A later page may come sooner, so the order of arrival is not the order of the pages.
fn fetch(page: u64) -> Result<(u64, String), String> {
    thread::sleep(Duration::from_millis(40 * (1 + page * 2 % 5)));
    if page == 13 {
        return Err(format!("page {page} is missing"));
    }
    Ok((page, "word ".repeat(page as usize)))
}

fn count((page, text): (u64, String)) -> Result<String, String> {
    thread::sleep(Duration::from_millis(20));
    Ok(format!("page {page}: {} words", text.split_whitespace().count()))
}

fn main() {
    for pages in [1..=12, 11..=20] {
        println!("pages {} to {}", pages.start(), pages.end());
        let start = Instant::now();
        let save = |line| {
            println!("  saved {line}");
            Ok(())
        };
        let outcome =
            run(pages, Stage { workers: 10, work: fetch }, Stage { workers: 2, work: count }, 8, save);
        match outcome {
            Ok(()) => println!("  done after {:.1} s", start.elapsed().as_secs_f64()),
            Err(error) => println!("  stopped: {error}"),
        }
    }
}
