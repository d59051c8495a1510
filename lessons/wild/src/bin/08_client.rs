//! Lesson 8: a client of a server that is busy, slow, limited and sometimes gone, once with backon and once with the
//! lesson's own `retry`.
//!
//! `cargo run -p wild --bin 08_client` fetches four pages with each of the two. With `-- --hurried` every error is retried,
//! as in many programs.

use std::collections::HashMap;
use std::env;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use backon::{BlockingRetryable, ExponentialBuilder};
use retry_solution::{Failure, Policy, RetryError, Stop, retry, seeded};
use wild::server::{Answer, Server};

const ATTEMPTS: u32 = 5;
/// How long an attempt may take.
const PATIENCE: Duration = Duration::from_millis(250);
const PAGES: [&str; 4] = ["/busy", "/slow", "/limited", "/missing"];

// ANCHOR: fetch
/// Why a page did not come, and whether it makes sense to ask again.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Trouble {
    /// The server is busy, slow or gone for a moment.
    Later(String),
    /// The server has understood the request, and refuses it.
    Never(u16),
}

/// One attempt, with a timeout of its own.
fn fetch(url: &str, patience: Duration) -> Result<String, Trouble> {
    let config = ureq::Agent::config_builder().timeout_global(Some(patience));
    let agent = ureq::Agent::from(config.build());
    match agent.get(url).call() {
        Ok(mut answer) => {
            answer.body_mut().read_to_string().map_err(|error| Trouble::Later(error.to_string()))
        }
        // 429 is "too many requests".
        Err(ureq::Error::StatusCode(status)) if status < 500 && status != 429 => Err(Trouble::Never(status)),
        Err(error) => Err(Trouble::Later(error.to_string())),
    }
}
// ANCHOR_END: fetch

/// Which errors are worth another attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Care {
    Careful,
    /// All of them, also those that can never go away.
    Hurried,
}

impl Care {
    fn is_worth_it(self, trouble: &Trouble) -> bool {
        self == Care::Hurried || matches!(trouble, Trouble::Later(_))
    }
}

// ANCHOR: backon
fn with_backon(url: &str, care: Care) -> Result<String, Trouble> {
    let policy = ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(10))
        .with_max_delay(Duration::from_millis(80))
        .with_max_times(ATTEMPTS as usize - 1) // retries: the first attempt is not counted
        .with_jitter();
    (|| fetch(url, PATIENCE)).retry(policy).when(|trouble| care.is_worth_it(trouble)).call()
}
// ANCHOR_END: backon

// ANCHOR: lesson
fn with_the_lesson(
    url: &str,
    policy: &Policy,
    stop: &Stop,
    care: Care,
) -> Result<String, RetryError<Trouble>> {
    let attempt = || {
        fetch(url, PATIENCE).map_err(|trouble| match care.is_worth_it(&trouble) {
            true => Failure::Transient(trouble),
            false => Failure::Permanent(trouble),
        })
    };
    retry(policy, seeded(8), stop, |_, _| (), attempt)
}
// ANCHOR_END: lesson

const POLICY: Policy = Policy {
    attempts: ATTEMPTS,
    base: Duration::from_millis(10),
    cap: Duration::from_millis(80),
    limit: Duration::from_secs(30),
};

/// How often each page was asked for.
type Asked = Arc<Mutex<HashMap<String, u32>>>;

/// Each page but the last comes at the third request.
fn server() -> (Server, Asked) {
    let asked = Asked::default();
    let counted = Arc::clone(&asked);
    let answer = move |path: &str| {
        let mut asked = counted.lock().unwrap();
        let times = asked.entry(path.to_owned()).or_default();
        *times += 1;
        match (path, *times) {
            ("/missing", _) => Answer::Send(404, "no such page".into()),
            ("/gone", _) | ("/busy", 2) => Answer::HangUp,
            ("/busy", 1) => Answer::Send(503, "busy".into()),
            ("/slow", 1..=2) => Answer::page("too late").after(2 * PATIENCE),
            ("/limited", 1..=2) => Answer::Send(429, "too many requests".into()),
            _ => Answer::page(format!("the page {path}")),
        }
    };
    (Server::start(answer).expect("the loopback has a free port"), asked)
}

fn times(asked: &Asked, path: &str) -> u32 {
    asked.lock().unwrap().get(path).copied().unwrap_or_default()
}

fn main() -> ExitCode {
    let care =
        if env::args().any(|argument| argument == "--hurried") { Care::Hurried } else { Care::Careful };
    let stop = Stop::new();
    let mut in_vain = 0;
    for (name, lesson) in [("backon", false), ("the lesson's retry", true)] {
        let (server, asked) = server();
        println!("with {name}");
        for path in PAGES {
            let url = server.url(path);
            let said = if lesson {
                with_the_lesson(&url, &POLICY, &stop, care).map_err(|error| format!("{error:?}"))
            } else {
                with_backon(&url, care).map_err(|error| format!("{error:?}"))
            };
            println!("  {path:9} {} requests: {}", times(&asked, path), said.unwrap_or_else(|error| error));
        }
        in_vain += times(&asked, "/missing") - 1;
    }
    if in_vain > 0 {
        println!("{in_vain} requests were made for a page that does not exist");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Instant;

    use super::*;

    #[test]
    fn both_clients_get_what_comes_at_the_third_request() {
        let (one, of_one) = server();
        let (other, of_other) = server();
        for path in &PAGES[..3] {
            let page = format!("the page {path}");
            assert_eq!(with_backon(&one.url(path), Care::Careful), Ok(page.clone()));
            assert_eq!(with_the_lesson(&other.url(path), &POLICY, &Stop::new(), Care::Careful), Ok(page));
            assert_eq!((times(&of_one, path), times(&of_other, path)), (3, 3));
        }
    }

    #[test]
    fn a_missing_page_is_asked_for_once() {
        let (server, asked) = server();
        let url = server.url("/missing");
        assert_eq!(with_backon(&url, Care::Careful), Err(Trouble::Never(404)));
        assert_eq!(times(&asked, "/missing"), 1);
        let ended = with_the_lesson(&url, &POLICY, &Stop::new(), Care::Careful);
        assert_eq!(ended, Err(RetryError::Permanent(Trouble::Never(404))));
        assert_eq!(times(&asked, "/missing"), 2);
    }

    #[test]
    fn a_hurried_client_asks_again_for_what_is_missing() {
        let (server, asked) = server();
        assert_eq!(with_backon(&server.url("/missing"), Care::Hurried), Err(Trouble::Never(404)));
        assert_eq!(times(&asked, "/missing"), ATTEMPTS);
    }

    #[test]
    fn a_stop_ends_a_wait_of_an_hour() {
        let (server, asked) = server();
        let (hour, stop) = (Duration::from_hours(1), Stop::new());
        let policy = Policy { base: hour, cap: hour, limit: 24 * hour, ..POLICY };
        let start = Instant::now();
        thread::scope(|scope| {
            let client = scope.spawn(|| with_the_lesson(&server.url("/gone"), &policy, &stop, Care::Careful));
            while times(&asked, "/gone") == 0 {
                thread::sleep(Duration::from_millis(1));
            }
            stop.stop();
            let ended = client.join().unwrap();
            assert!(matches!(ended, Err(RetryError::Stopped(Trouble::Later(_)))), "{ended:?}");
        });
        assert_eq!(times(&asked, "/gone"), 1);
        assert!(start.elapsed() < hour / 60);
    }
}
