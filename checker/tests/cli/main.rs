//! Drives the checker as a learner does, on a small workbook whose check programs say what they are told to.

mod bad_input;
mod class;
mod compile_errors;
#[cfg(unix)]
mod completions;
mod edition;
mod editors;
mod gate;
mod grade;
mod grade_appeals;
mod grade_first_finding;
mod grade_formats;
mod grade_output;
mod grade_policy;
mod hostile;
mod jail;
mod new_exercise;
mod newer_rust;
mod nothing_lost;
mod place;
mod platforms;
mod play;
mod run;
mod shards;
mod step;
mod study;
#[cfg(unix)]
mod terminal;
mod update;
#[cfg(unix)]
mod watch;
mod workbook;
