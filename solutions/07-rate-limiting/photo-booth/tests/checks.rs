//! The exercise's checks, against the solution.

extern crate photo_booth_solution as photo_booth;

#[path = "../../../../exercises/07-rate-limiting/photo-booth/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
