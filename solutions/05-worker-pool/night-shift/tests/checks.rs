//! The exercise's checks, against the solution.

extern crate night_shift_solution as night_shift;

#[path = "../../../../exercises/05-worker-pool/night-shift/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
