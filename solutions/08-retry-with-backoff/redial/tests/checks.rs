//! The exercise's checks, against the solution.

extern crate redial_solution as redial;

#[path = "../../../../exercises/08-retry-with-backoff/redial/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
