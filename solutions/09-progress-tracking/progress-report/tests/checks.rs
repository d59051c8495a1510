//! The exercise's checks, against the solution.

extern crate progress_report_solution as progress_report;

#[path = "../../../../exercises/09-progress-tracking/progress-report/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
