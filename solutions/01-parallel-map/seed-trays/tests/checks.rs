//! The exercise's checks, against the solution.

extern crate seed_trays_solution as seed_trays;

#[path = "../../../../exercises/01-parallel-map/seed-trays/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
