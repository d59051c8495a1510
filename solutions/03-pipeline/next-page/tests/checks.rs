//! The exercise's checks, against the solution.

extern crate next_page_solution as next_page;

#[path = "../../../../exercises/03-pipeline/next-page/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
