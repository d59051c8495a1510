//! The exercise's checks, against the solution.

extern crate link_checker_solution as link_checker;

#[path = "../../../../exercises/13-capstone/link-checker/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
