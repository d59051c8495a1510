//! The exercise's checks, against the solution.

extern crate tolerant_map_solution as tolerant_map;

#[path = "../../../../exercises/04-fan-out-fan-in/tolerant-map/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
