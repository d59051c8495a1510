//! `cargo checker`: judges the exercises of the concurrency workbook.

use std::process::ExitCode;

mod account;
mod args;
mod base;
mod child;
mod commands;
mod compile;
mod course;
mod explanation;
mod gate;
mod judge;
mod lanes;
mod picture;
mod process;
mod progress;
mod screen;
mod style;
mod variant;
mod verdict;

fn main() -> ExitCode {
    let screen = screen::Screen::new(style::Style::new());
    match commands::run(&screen) {
        Ok(outcome) => outcome.into(),
        // Someone who has read enough of a list is not trouble.
        Err(error) if screen::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            screen.trouble(&error);
            ExitCode::from(2)
        }
    }
}
