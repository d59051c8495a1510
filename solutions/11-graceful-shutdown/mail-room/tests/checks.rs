//! The exercise's checks, against the solution.

extern crate mail_room_solution as mail_room;

#[path = "../../../../exercises/11-graceful-shutdown/mail-room/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
