//! Which exercise a learner means: by its name or the beginning of it, by a path, by a lesson's number, or by being there.

use crate::course::{Course, Exercise, unknown};
use anyhow::{Result, bail};
use std::path::Path;

impl Course {
    /// The exercise that `name` means.
    ///
    /// # Errors
    /// If it means none, or several; the error names those that come nearest.
    pub fn exercise(&self, name: &str) -> Result<&Exercise> {
        match self.meant_by(name)?.as_slice() {
            [one] => Ok(one),
            several => bail!("`{name}` means {}; name one of them", listed(several)),
        }
    }

    /// The exercises that `names` mean. Without names: the one whose folder the command was started in, or else all.
    ///
    /// # Errors
    /// If a name means none, or the course has none.
    pub fn chosen(&self, names: &[String]) -> Result<Vec<&Exercise>> {
        if names.is_empty() {
            return match self.exercise_at(&self.here) {
                Some(exercise) => Ok(vec![exercise]),
                None => self.all(),
            };
        }
        let mut chosen: Vec<&Exercise> = Vec::new();
        for name in names {
            for exercise in self.meant_by(name)? {
                if !chosen.iter().any(|other| other.name == exercise.name) {
                    chosen.push(exercise);
                }
            }
        }
        Ok(chosen)
    }

    /// The exercises that have exactly these names, or all if there are no names: for a file, which is read anywhere.
    ///
    /// # Errors
    /// If there is none with one of the names.
    pub fn named(&self, names: &[String]) -> Result<Vec<&Exercise>> {
        if names.is_empty() {
            return self.all();
        }
        let find = |name: &String| self.exercises.iter().find(|exercise| exercise.name == *name);
        names.iter().map(|name| find(name).ok_or_else(|| self.no_such(name))).collect()
    }

    fn no_such(&self, name: &str) -> anyhow::Error {
        let names = self.exercises.iter().map(|exercise| exercise.name.as_str());
        unknown("exercise", name, names, "`cargo checker list` shows them all")
    }

    /// All exercises.
    ///
    /// # Errors
    /// If there are none.
    pub fn all(&self) -> Result<Vec<&Exercise>> {
        if self.exercises.is_empty() {
            bail!("{} contains no exercise", self.root.join("exercises").display());
        }
        Ok(self.exercises.iter().collect())
    }

    /// The exercise whose folder `place` is, or is in.
    pub fn exercise_at(&self, place: &Path) -> Option<&Exercise> {
        self.exercises.iter().find(|exercise| place.starts_with(self.root.join(&exercise.dir)))
    }

    /// The exercise whose folder the command was started in.
    pub fn exercise_here(&self) -> Option<&Exercise> {
        self.exercise_at(&self.here)
    }

    fn meant_by(&self, name: &str) -> Result<Vec<&Exercise>> {
        if let Some(exercise) = self.exercises.iter().find(|exercise| exercise.name == name) {
            return Ok(vec![exercise]);
        }
        if let Ok(number) = name.parse::<u32>() {
            let of_lesson: Vec<&Exercise> =
                self.exercises.iter().filter(|exercise| exercise.about.lesson == number).collect();
            if of_lesson.is_empty() {
                bail!("lesson {number} has no exercises; `cargo checker list` shows them all");
            }
            return Ok(of_lesson);
        }
        if name.contains(['/', '\\']) || name.starts_with('.') {
            return self.at_path(name);
        }
        let begins: Vec<&Exercise> =
            self.exercises.iter().filter(|exercise| exercise.name.starts_with(name)).collect();
        match begins.as_slice() {
            [one] if !name.is_empty() => Ok(vec![one]),
            [_, _, ..] if !name.is_empty() => {
                bail!("`{name}` may mean {}; write more of the name", listed(&begins))
            }
            _ => Err(self.no_such(name)),
        }
    }

    /// What is at a path: an exercise, something in one, or the folder of a lesson.
    fn at_path(&self, name: &str) -> Result<Vec<&Exercise>> {
        let path = self.here.join(name);
        let Ok(place) = path.canonicalize() else {
            bail!("there is no {}; is the path right?", path.display());
        };
        if let Some(exercise) = self.exercise_at(&place) {
            return Ok(vec![exercise]);
        }
        let inside: Vec<&Exercise> = self
            .exercises
            .iter()
            .filter(|exercise| place != self.root && self.root.join(&exercise.dir).starts_with(&place))
            .collect();
        if inside.is_empty() {
            bail!(
                "there is no exercise at {}\n\
                 name an exercise, or go to its folder; `cargo checker list` shows them all",
                place.display()
            );
        }
        Ok(inside)
    }
}

fn listed(exercises: &[&Exercise]) -> String {
    let names: Vec<String> = exercises.iter().map(|exercise| format!("`{}`", exercise.name)).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => names.concat(),
    }
}
