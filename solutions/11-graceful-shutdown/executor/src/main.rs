//! The exercise's `main`, over the solution.

extern crate executor_solution as executor;

#[path = "../../../../exercises/11-graceful-shutdown/executor/src/main.rs"]
mod exercise;

fn main() -> std::process::ExitCode {
    exercise::main()
}
