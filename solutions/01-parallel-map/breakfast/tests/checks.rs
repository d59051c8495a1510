//! The exercise's checks, against the solution.

extern crate breakfast_solution as breakfast;

#[path = "../../../../exercises/01-parallel-map/breakfast/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
