//! The exercise's checks, against the solution.

extern crate aggregate_solution as aggregate;

#[path = "../../../../exercises/04-fan-out-fan-in/aggregate/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
