//! The exercise's checks, against the solution.

extern crate closing_time_solution as closing_time;

#[path = "../../../../exercises/11-graceful-shutdown/closing-time/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
