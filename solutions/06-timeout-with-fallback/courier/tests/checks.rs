//! The exercise's checks, against the solution.

extern crate courier_solution as courier;

#[path = "../../../../exercises/06-timeout-with-fallback/courier/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
