//! The exercise's checks, against the solution.

extern crate weather_log_solution as weather_log;

#[path = "../../../../exercises/10-batch-processing/weather-log/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
