//! The exercise's checks, against the solution.

extern crate parallel_map_solution as parallel_map;

#[path = "../../../../exercises/01-parallel-map/parallel-map/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
