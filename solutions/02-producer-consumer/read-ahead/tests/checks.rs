//! The exercise's checks, against the solution.

extern crate read_ahead_solution as read_ahead;

#[path = "../../../../exercises/02-producer-consumer/read-ahead/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
