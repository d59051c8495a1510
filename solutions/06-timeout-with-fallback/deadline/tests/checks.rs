//! The exercise's checks, against the solution.

extern crate deadline_solution as deadline;

#[path = "../../../../exercises/06-timeout-with-fallback/deadline/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
