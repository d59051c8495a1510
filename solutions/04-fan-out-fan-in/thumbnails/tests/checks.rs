//! The exercise's checks, against the solution.

extern crate thumbnails_solution as thumbnails;

#[path = "../../../../exercises/04-fan-out-fan-in/thumbnails/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
