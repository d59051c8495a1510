//! What the panes of one exercise are drawn from, read when a run of it begins. Drawing reads no file.

use crate::course::{Course, Hint};
use crate::files::read_text;
use crate::learner::progress::{Progress, Tally};
use crate::show::chapter::lesson_text;
use crate::show::comparison::{self, Choice};
use crate::show::material::Material;
use crate::verdict::{Finding, State};
use anyhow::Result;

pub struct Texts {
    pub task: Result<String>,
    pub lesson: Result<String>,
    /// Whether the lesson has a game.
    pub has_game: bool,
    /// The hints of the exercise; none if they can't be read.
    pub hints: Vec<Hint>,
    /// The learner's own program.
    pub own: Result<String>,
    /// The right programs to compare it with.
    pub choices: Vec<Choice>,
    pub material: Material,
}

impl Texts {
    /// Reads those of the exercise at place `current` of the course.
    pub fn read(course: &Course, current: usize) -> Texts {
        let (root, exercise) = (&course.root, &course.exercises[current]);
        Texts {
            task: read_text(&root.join(exercise.readme())),
            lesson: lesson_text(course, exercise),
            has_game: root.join(exercise.game()).is_dir(),
            hints: exercise.hints(root).unwrap_or_default(),
            own: read_text(&root.join(exercise.source())),
            choices: comparison::choices(root, exercise),
            material: Material::of(root, exercise),
        }
    }

    /// Reads the source lines that `finding` points at.
    pub fn add(&mut self, course: &Course, finding: &Finding) {
        self.material.sources.add(&course.root, finding);
    }
}

/// How the whole course stands. It depends on the text of every exercise, since what was edited counts as not judged.
pub struct Standing {
    /// Of each exercise, in the order of the course.
    pub states: Vec<State>,
    pub tally: Tally,
}

impl Standing {
    pub fn read(course: &Course, progress: &Progress) -> Standing {
        let states = course.exercises.iter().map(|exercise| progress.state(course, exercise)).collect();
        Standing { states, tally: progress.tally(course) }
    }
}
