//! The exercise's checks, against the solution.

extern crate phone_line_solution as phone_line;

#[path = "../../../../exercises/06-timeout-with-fallback/phone-line/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
