//! `new`: the files of a new exercise, for its author.

use crate::author::layout::{self, New};
use crate::commands::args::{Kind, NewExercise};
use crate::course::{Course, Task};
use crate::show::printer::Screen;
use anyhow::Result;

/// Makes the files, and says what to do next.
///
/// # Errors
/// If the exercise can't be made as it was asked for; then nothing has changed.
pub fn new(screen: &Screen, course: &Course, call: &NewExercise) -> Result<()> {
    let kind = match call.kind {
        Kind::Build => Task::Build,
        Kind::Repair => Task::Repair,
        Kind::WarmUp => Task::WarmUp,
    };
    let made = layout::lay_out(course, &New { lesson: &call.lesson, name: &call.name, kind })?;
    let named = if made.is_named { ", and named both in Cargo.toml" } else { "" };
    let (exercise, solution) = (made.exercise.display(), made.solution.display());
    screen.say(&format!("made {exercise} and {solution}{named}"))?;
    screen.say(&format!(
        "\nNext: write the contract in {exercise}/README.md, and then the checks. Wherever something is still to be \
         written, a line has `{}`. `cargo checker verify {}` names these places, and says what else is missing",
        layout::OPEN,
        call.name
    ))
}
