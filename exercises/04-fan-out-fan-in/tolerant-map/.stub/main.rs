//! Ten lines of a form on three workers: some are numbers, some are not, and one is worse.

use tolerant_map::{Failure, tolerant_map};

fn main() {
    // A panic on a worker's thread is announced on stderr, caught or not. Here it is expected.
    std::panic::set_hook(Box::new(|_| {}));
    let lines = ["12", "7", "eleven", "40", "", "0", "33", "9", "-5", "21"];
    let outcome = tolerant_map(&lines, 3, |line| line.parse::<u32>().map(|number| 5040 / number));
    for (i, result) in &outcome.successes {
        println!("line {i}: {result}");
    }
    for (i, failure) in &outcome.failures {
        match failure {
            Failure::Error(error) => println!("line {i} is refused: {error}"),
            Failure::Panic(message) => println!("line {i} broke the program: {message}"),
        }
    }
    println!("{} done, {} failed", outcome.successes.len(), outcome.failures.len());
}
