//! The exercise's checks, against the solution.

extern crate batcher_solution as batcher;

#[path = "../../../../exercises/10-batch-processing/batcher/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
