//! Three operations with three attempts each: one succeeds in the end, one never does, and one must not be retried.

use std::time::Duration;

use retry::{Failure, Policy, RetryError, Stop, retry, seeded};

fn main() {
    let second = Duration::from_secs(1);
    let policy = Policy { attempts: 3, base: second, cap: 10 * second, limit: 60 * second };
    let (jitter, stop) = (seeded(8), Stop::new());
    let answers = [
        ("the page", vec![Err(Failure::Transient("busy")), Err(Failure::Transient("busy")), Ok("200 OK")]),
        ("the printer", vec![Err(Failure::Transient("no paper")); 3]),
        ("the secret", vec![Err(Failure::Permanent("forbidden")); 3]),
    ];
    for (name, answers) in answers {
        println!("{name}");
        let mut answers = answers.into_iter();
        let on_retry =
            |error: &&str, sleep: Duration| println!("  {error}, again in {:.2} s", sleep.as_secs_f64());
        let operation = || answers.next().unwrap_or(Err(Failure::Permanent("called too often")));
        match retry(&policy, &jitter, &stop, on_retry, operation) {
            Ok(answer) => println!("  {answer}"),
            Err(RetryError::Permanent(error)) => println!("  gave up at once: {error}"),
            Err(RetryError::Exhausted(error)) => println!("  gave up after the last attempt: {error}"),
            Err(RetryError::Deadline(error)) => println!("  gave up at the deadline: {error}"),
            Err(RetryError::Stopped(error)) => println!("  was stopped: {error}"),
        }
    }
}
