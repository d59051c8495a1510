//! The exercise's checks, against the solution.

extern crate worker_pool_solution as worker_pool;

#[path = "../../../../exercises/05-worker-pool/worker-pool/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
