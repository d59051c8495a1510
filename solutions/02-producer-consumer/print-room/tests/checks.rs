//! The exercise's checks, against the solution.

extern crate print_room_solution as print_room;

#[path = "../../../../exercises/02-producer-consumer/print-room/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
