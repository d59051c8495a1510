//! The exercise's checks, against the solution.

extern crate bounded_squares_solution as bounded_squares;

#[path = "../../../../exercises/02-producer-consumer/bounded-squares/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
