//! The exercise's checks, against the solution.

extern crate newsletter_solution as newsletter;

#[path = "../../../../exercises/07-rate-limiting/newsletter/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
