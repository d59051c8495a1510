//! The exercise's checks, against the solution.

extern crate bounded_queue_solution as bounded_queue;

#[path = "../../../../exercises/02-producer-consumer/bounded-queue/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
