//! `cargo checker`: judges the exercises of the concurrency workbook.

use std::process::ExitCode;

mod account;
mod answer;
mod args;
mod base;
mod chapter;
mod child;
mod commands;
mod comparison;
mod compile;
mod course;
mod crew;
mod editor;
mod explanation;
mod gate;
mod hints;
mod judge;
mod lanes;
mod lexical;
mod manual;
mod original;
mod parts;
mod picture;
mod process;
mod progress;
mod screen;
mod study;
mod style;
mod survey;
mod variant;
mod verdict;
#[cfg(unix)]
mod warden;
mod watch;

fn main() -> ExitCode {
    let ascii = std::env::args_os().any(|argument| argument == "--ascii");
    let screen = screen::Screen::new(style::Style::new(ascii));
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
