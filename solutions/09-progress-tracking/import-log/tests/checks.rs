//! The exercise's checks, against the solution.

extern crate import_log_solution as import_log;

#[path = "../../../../exercises/09-progress-tracking/import-log/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
