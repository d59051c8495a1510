//! The exercise's checks, against the solution.

extern crate wind_gauge_solution as wind_gauge;

#[path = "../../../../exercises/14-orders/wind-gauge/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
