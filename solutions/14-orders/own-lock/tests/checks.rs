//! The exercise's checks, against the solution.

extern crate own_lock_solution as own_lock;

#[path = "../../../../exercises/14-orders/own-lock/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
