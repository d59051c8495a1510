//! The exercise's checks, against the solution.

extern crate resource_pool_solution as resource_pool;

#[path = "../../../../exercises/12-resource-pool/resource-pool/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
