//! The exercise's checks, against the solution.

extern crate progress_hub_solution as progress_hub;

#[path = "../../../../exercises/09-progress-tracking/progress-hub/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
