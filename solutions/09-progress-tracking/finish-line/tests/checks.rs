//! The exercise's checks, against the solution.

extern crate finish_line_solution as finish_line;

#[path = "../../../../exercises/09-progress-tracking/finish-line/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
