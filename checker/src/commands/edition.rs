//! `course`: an edition for a class.

use crate::author::edition::{self, Plan};
use crate::commands::args::{CourseStep, Without};
use crate::course::Course;
use crate::show::printer::Screen;
use anyhow::Result;

/// Packs an edition.
///
/// # Errors
/// If it can't be made as it is wanted.
pub fn pack(screen: &Screen, course: &Course, what: &CourseStep) -> Result<()> {
    let CourseStep::Pack { to, without, hide, compare_from } = what;
    let without_solutions = without.contains(&Without::Solutions);
    let plan = Plan { to, without_solutions, hide, compare_from: compare_from.as_deref() };
    let packed = edition::pack(course, &plan)?;
    screen.say(&format!(
        "packed {} files into {}: {}, {} checks hidden",
        packed.files,
        to.display(),
        if without_solutions { "no solutions" } else { "with solutions" },
        packed.hidden
    ))?;
    screen.say("give that folder to the class; keep this one for grading, since only it has every check")
}
