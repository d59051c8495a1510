//! The exercise's checks, against the solution.

extern crate phone_lines_solution as phone_lines;

#[path = "../../../../exercises/12-resource-pool/phone-lines/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
