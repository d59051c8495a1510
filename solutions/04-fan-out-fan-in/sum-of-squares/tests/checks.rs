//! The exercise's checks, against the solution.

extern crate sum_of_squares_solution as sum_of_squares;

#[path = "../../../../exercises/04-fan-out-fan-in/sum-of-squares/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
