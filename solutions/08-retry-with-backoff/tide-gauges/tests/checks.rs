//! The exercise's checks, against the solution.

extern crate tide_gauges_solution as tide_gauges;

#[path = "../../../../exercises/08-retry-with-backoff/tide-gauges/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
