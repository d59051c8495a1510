//! The exercises, and how a program is put into one of them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use walkdir::WalkDir;

/// How an exercise is laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// A member of a workspace that also has helpers; unit tests are in the file of the learner.
    Member,
    /// One file, with its tests.
    File,
    /// A package with a folder of tests.
    Package,
}

/// An exercise of somebody's.
pub(crate) struct Subject {
    /// The folder into which git clones it.
    pub(crate) course: &'static str,
    pub(crate) source: &'static str,
    /// Its path there.
    pub(crate) exercise: &'static str,
    /// The folder of our programs for it.
    pub(crate) programs: &'static str,
    /// All of its tests but the first have `#[ignore]`: learners take it away one by one.
    pub(crate) has_ignored: bool,
    layout: Layout,
}

const fn hundred(exercise: &'static str, programs: &'static str) -> Subject {
    Subject {
        course: "100-exercises-to-learn-rust",
        source: "https://github.com/mainmatter/100-exercises-to-learn-rust",
        exercise,
        programs,
        has_ignored: false,
        layout: Layout::Member,
    }
}

pub(crate) const SUBJECTS: [Subject; 7] = [
    hundred("exercises/07_threads/01_threads", "halves"),
    hundred("exercises/07_threads/04_scoped_threads", "scoped"),
    hundred("exercises/07_threads/07_ack", "ack"),
    hundred("exercises/07_threads/09_bounded", "bounded"),
    hundred("exercises/07_threads/10_patch", "patch"),
    Subject {
        course: "rustlings",
        source: "https://github.com/rust-lang/rustlings",
        exercise: "exercises/20_threads/threads3.rs",
        programs: "queue",
        has_ignored: false,
        layout: Layout::File,
    },
    Subject {
        course: "rust",
        source: "https://github.com/exercism/rust",
        exercise: "exercises/practice/parallel-letter-frequency",
        programs: "letters",
        has_ignored: true,
        layout: Layout::Package,
    },
];

impl Subject {
    /// Makes a package of the exercise with this program in it, in `to`. Its manifest.
    pub(crate) fn assemble(&self, folder: &Path, program: &Path, to: &Path) -> Result<PathBuf> {
        let (course, exercise) = (folder.join(self.course), folder.join(self.course).join(self.exercise));
        let mut text = fs::read_to_string(program)?;
        let read = |file: &Path| {
            fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))
        };
        let (package, file) = match self.layout {
            Layout::Member => {
                copy(&course.join("helpers"), &to.join("helpers"))?;
                copy(&exercise, &to.join(self.exercise))?;
                let members = format!(
                    "[workspace]\nresolver = \"2\"\nmembers = [\"{}\", \"helpers/common\", \"helpers/ticket_fields\"]\n",
                    self.exercise
                );
                fs::write(to.join("Cargo.toml"), members)?;
                text += tests_in(&read(&exercise.join("src/lib.rs"))?);
                (to.join(self.exercise), "src/lib.rs")
            }
            Layout::File => {
                fs::create_dir_all(to.join("src"))?;
                let manifest =
                    "[package]\nname = \"exercise\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n";
                fs::write(to.join("Cargo.toml"), manifest)?;
                text += tests_in(&read(&exercise)?);
                (to.to_owned(), "src/main.rs")
            }
            Layout::Package => {
                copy(&exercise, to)?;
                (to.to_owned(), "src/lib.rs")
            }
        };
        fs::write(package.join(file), text)?;
        Ok(package.join("Cargo.toml"))
    }
}

/// The unit tests at the end of a file.
fn tests_in(text: &str) -> &str {
    text.find("#[cfg(test)]").map_or("", |at| &text[at..])
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    for entry in WalkDir::new(from) {
        let entry = entry?;
        let path = to.join(entry.path().strip_prefix(from)?);
        match entry.file_type().is_dir() {
            true => fs::create_dir_all(&path)?,
            false => drop(fs::copy(entry.path(), &path)?),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tests_of_an_exercise_stand_behind_the_program() {
        let clone = tempfile::tempdir().unwrap();
        let exercise = clone.path().join("rustlings/exercises/20_threads/threads3.rs");
        fs::create_dir_all(exercise.parent().unwrap()).unwrap();
        fs::write(&exercise, "fn theirs() {}\n#[cfg(test)]\nmod tests {}\n").unwrap();
        let program = clone.path().join("ours.rs");
        fs::write(&program, "fn ours() {}\n").unwrap();
        let subject = SUBJECTS.iter().find(|subject| subject.programs == "queue").unwrap();
        let manifest = subject.assemble(clone.path(), &program, &clone.path().join("package")).unwrap();
        let text = fs::read_to_string(manifest.with_file_name("src").join("main.rs")).unwrap();
        assert_eq!(text, "fn ours() {}\n#[cfg(test)]\nmod tests {}\n");
    }
}
