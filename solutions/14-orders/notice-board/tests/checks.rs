//! The exercise's checks, against the solution.

extern crate notice_board_solution as notice_board;

#[path = "../../../../exercises/14-orders/notice-board/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
