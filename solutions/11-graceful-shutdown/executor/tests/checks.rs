//! The exercise's checks, against the solution.

extern crate executor_solution as executor;

#[path = "../../../../exercises/11-graceful-shutdown/executor/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
