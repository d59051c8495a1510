//! The exercise's checks, against the solution.

extern crate subtitles_solution as subtitles;

#[path = "../../../../exercises/03-pipeline/subtitles/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
