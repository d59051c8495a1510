//! Pages are fetched over HTTP from a server that is slow and fails, by the lesson's fan-out and by a loop that looks
//! like one.

use std::thread;
use std::time::{Duration, Instant};

use tolerant_map_solution::{Outcome, tolerant_map};
use wild::server::{Answer, Server};

const PAGES: usize = 8;
const WORKERS: usize = 4;

// ANCHOR: fetch
/// Fetches one page, with a limit on the time that this may take.
fn fetch(url: &String) -> Result<String, String> {
    let config = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(10)));
    let agent = ureq::Agent::from(config.build());
    let mut answer = agent.get(url).call().map_err(|error| error.to_string())?;
    answer.body_mut().read_to_string().map_err(|error| error.to_string())
}
// ANCHOR_END: fetch

/// Eight pages, of which one is missing and one never comes.
fn server(slow: impl Fn(Answer) -> Answer + Send + Sync + 'static) -> Server {
    let answer = move |path: &str| match path {
        "/2" => slow(Answer::Send(404, "no such page".into())),
        "/5" => slow(Answer::HangUp),
        path => slow(Answer::page(format!("the page {path}"))),
    };
    Server::start(answer).expect("the loopback has a free port")
}

fn urls(server: &Server) -> Vec<String> {
    (0..PAGES).map(|page| server.url(&format!("/{page}"))).collect()
}

// ANCHOR: fan_out
/// The lesson's function: four pages at once, and what became of each.
fn fan_out(server: &Server) -> Outcome<String, String> {
    tolerant_map(&urls(server), WORKERS, fetch)
}
// ANCHOR_END: fan_out

/// The lesson's bug, with a second one: each page is waited for before the next is asked for, and what fails vanishes.
fn looks_like_a_fan_out(server: &Server) -> Vec<String> {
    let urls = urls(server);
    thread::scope(|scope| {
        let threads = urls.iter().map(|url| scope.spawn(move || fetch(url)));
        threads.flat_map(|thread| thread.join().expect("fetch does not panic")).collect()
    })
}

fn main() {
    let slow = server(|answer| answer.after(Duration::from_millis(100)));
    let start = Instant::now();
    let outcome = fan_out(&slow);
    println!("{} pages in {:.1} s", outcome.successes.len(), start.elapsed().as_secs_f64());
    for (page, failure) in &outcome.failures {
        println!("page {page}: {failure:?}");
    }
    println!("at most {} requests at once, {} in all", slow.peak(), slow.served());

    let slow = server(|answer| answer.after(Duration::from_millis(100)));
    let start = Instant::now();
    let pages = looks_like_a_fan_out(&slow);
    println!(
        "{} pages in {:.1} s, in a loop that looks the same",
        pages.len(),
        start.elapsed().as_secs_f64()
    );
    println!("at most {} request at once, {} in all", slow.peak(), slow.served());
}

#[test]
fn four_pages_come_at_once_and_each_failure_is_told() {
    // No page is sent before four have been asked for: the overlap is counted, not timed.
    let server = server(|answer| answer.together(WORKERS));
    let outcome = fan_out(&server);
    assert_eq!((server.peak(), server.served()), (WORKERS, PAGES));
    let good: Vec<_> = [0, 1, 3, 4, 6, 7].map(|page| (page, format!("the page /{page}"))).into();
    assert_eq!(outcome.successes, good);
    let bad: Vec<_> = outcome.failures.iter().map(|(page, _)| *page).collect();
    assert_eq!(bad, [2, 5]);
}

#[test]
fn the_loop_that_looks_like_a_fan_out_asks_for_one_page_at_a_time() {
    let server = server(|answer| answer);
    let pages = looks_like_a_fan_out(&server);
    assert_eq!(server.peak(), 1);
    // Two pages are missing, and nothing says so.
    assert_eq!(pages.len(), PAGES - 2);
}
