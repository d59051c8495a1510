//! The exercise's checks, against the solution.

extern crate retry_solution as retry;

#[path = "../../../../exercises/08-retry-with-backoff/retry/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
