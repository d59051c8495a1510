//! The exercise's checks, against the solution.

extern crate pipeline_solution as pipeline;

#[path = "../../../../exercises/03-pipeline/pipeline/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
