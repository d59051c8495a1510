//! The exercise's checks, against the solution.

extern crate rate_limiter_solution as rate_limiter;

#[path = "../../../../exercises/07-rate-limiting/rate-limiter/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
