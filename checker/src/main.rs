//! `cargo checker`: judges the exercises of the concurrency workbook.

// Without the rare commands, some of what they share with the others is called by nobody.
#![cfg_attr(not(feature = "rare"), allow(dead_code))]

use std::process::ExitCode;

#[cfg(feature = "rare")]
mod author;
mod commands;
mod course;
#[cfg(feature = "rare")]
mod explore;
mod files;
#[cfg(feature = "rare")]
mod grade;
mod judge;
mod learner;
mod legible;
mod parallel;
mod process;
mod show;
mod update;
mod verdict;
mod watch;

use show::printer;

fn main() -> ExitCode {
    let ascii = std::env::args_os().any(|argument| argument == "--ascii");
    let screen = printer::Screen::new(show::style::Style::new(ascii));
    match commands::run(&screen) {
        Ok(outcome) => outcome.into(),
        // Someone who has read enough of a list is not trouble.
        Err(error) if printer::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            screen.trouble(&error);
            ExitCode::from(2)
        }
    }
}
