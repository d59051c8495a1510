//! Drives the checker as a learner does, on a small workbook whose check programs say what they are told to.

mod bad_input;
mod compile_errors;
#[cfg(unix)]
mod completions;
mod editors;
mod gate;
mod grade;
mod hostile;
mod jail;
mod newer_rust;
mod nothing_lost;
mod place;
mod run;
mod study;
#[cfg(unix)]
mod terminal;
mod update;
#[cfg(unix)]
mod watch;
mod workbook;
