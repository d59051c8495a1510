//! What several commands begin with: the base, a judge, and how thorough it is to be.

use crate::commands::effort::Effort;
use crate::course::Course;
use crate::judge::prebuilt::{Base, Building};
use crate::judge::rustc::Rendering;
use crate::judge::{self, Judge};
use crate::process::cancel::Cancel;
use crate::show::printer::Screen;
use anyhow::Result;

/// Opens the base that judgements stand on; what it has to build first is told on `screen`.
pub fn open_base(screen: &Screen, course: &Course) -> Result<Base> {
    let note = |text: &str| screen.note(text);
    Base::open(&course.root, &Building { note: &note, cargo_talks: true, cancel: &Cancel::default() })
}

/// A judge that shows what it finds on `screen`.
pub fn judge<'a>(screen: &Screen, course: &'a Course, base: &'a Base, effort: judge::Effort) -> Judge<'a> {
    let rendering = Rendering { colour: screen.style.colour, width: screen.style.width };
    Judge::new(course, base, rendering, effort, Cancel::default())
}

/// How thoroughly the command line asks to judge.
pub fn effort(arguments: &Effort) -> judge::Effort {
    judge::Effort { seed: arguments.seed, schedules: arguments.schedules, limit: arguments.limit() }
}
