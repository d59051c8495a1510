//! The exercise's checks, against the solution.

extern crate car_keys_solution as car_keys;

#[path = "../../../../exercises/12-resource-pool/car-keys/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
