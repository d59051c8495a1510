//! The exercise's checks, against the solution.

extern crate one_clerk_solution as one_clerk;

#[path = "../../../../exercises/05-worker-pool/one-clerk/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
