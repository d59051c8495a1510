//! Programs that look alike, over all exercises of a grading: what stands out is shown to a person, and is part of no mark.

use super::graded::Graded;
use super::html::Page;
use super::plan::{Folder, Place, Plan, Taken};
use super::similar::{self, Pair, Program};
use crate::course::{Course, Exercise, variant};
use crate::files::replace;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// A pair that shares at least so much stands out.
const STANDS_OUT: f64 = 0.5;
/// Pairs on the page; all of them are in `similar.csv`.
const SHOWN: usize = 30;

/// What was found to be alike.
#[derive(Default)]
pub struct Likeness {
    /// By exercise, most alike first.
    pub pairs: Vec<Pair>,
    /// Programs that are a shipped one but for their layout.
    pub shipped: Vec<Shipped>,
}

/// A program that is the same as one that comes with the course.
pub struct Shipped {
    pub exercise: String,
    pub id: String,
    /// The shipped file, relative to the course.
    pub source: String,
}

/// Two submissions with the exercises in which they stand out.
struct Both<'a> {
    left: &'a str,
    right: &'a str,
    exercises: Vec<&'a Pair>,
}

impl Likeness {
    /// Compares the latest programs of each exercise.
    ///
    /// # Errors
    /// If the course has an exercise no more.
    pub fn of(course: &Course, folder: &Folder, plan: &Plan) -> Result<Likeness> {
        let mut likeness = Likeness::default();
        for name in &plan.exercises {
            let exercise = course.exercise(name)?;
            let programs: Vec<Program> = latest(plan, name)
                .iter()
                // What is not Rust is no copy that anybody could find.
                .filter_map(|place| Program::read(&place.id, &text(folder, place)).ok())
                .collect();
            let given = given(course, exercise);
            for program in &programs {
                let same =
                    given.iter().find(|(source, known)| !source.is_empty() && program.is_identical(known));
                if let Some((source, _)) = same {
                    let (exercise, id, source) = (name.clone(), program.id.clone(), source.clone());
                    likeness.shipped.push(Shipped { exercise, id, source });
                }
            }
            let known: Vec<Program> = given.into_iter().map(|(_, program)| program).collect();
            likeness.pairs.extend(similar::pairs(name, &programs, &known));
        }
        Ok(likeness)
    }

    /// Pairs that stand out, those in most exercises first.
    fn standing_out(&self) -> Vec<Both<'_>> {
        let mut both: BTreeMap<(&str, &str), Vec<&Pair>> = BTreeMap::new();
        for pair in self.pairs.iter().filter(|pair| pair.identical || pair.shared >= STANDS_OUT) {
            both.entry((&pair.left, &pair.right)).or_default().push(pair);
        }
        let mut both: Vec<Both<'_>> =
            both.into_iter().map(|((left, right), exercises)| Both { left, right, exercises }).collect();
        let sum = |both: &Both<'_>| both.exercises.iter().map(|pair| pair.shared).sum::<f64>();
        both.sort_by(|a, b| b.exercises.len().cmp(&a.exercises.len()).then(sum(b).total_cmp(&sum(a))));
        both
    }

    /// Writes `similar.csv`; returns what to tell of it.
    ///
    /// # Errors
    /// If the disk says no.
    pub fn write(&self, folder: &Folder) -> Result<String> {
        let mut table = csv::Writer::from_writer(Vec::new());
        table.write_record(["exercise", "left", "right", "shared", "identical"])?;
        for Shipped { exercise, id, source } in &self.shipped {
            table.write_record([exercise, id, source, "1.00", "true"])?;
        }
        for pair in &self.pairs {
            let (shared, identical) = (format!("{:.2}", pair.shared), pair.identical.to_string());
            table.write_record([&pair.exercise, &pair.left, &pair.right, &shared, &identical])?;
        }
        let path = folder.0.join("similar.csv");
        replace(&path, &table.into_inner().context("similar.csv could not be made")?)?;
        let both = self.standing_out();
        let several = both.iter().filter(|both| both.exercises.len() > 1).count();
        Ok(format!(
            "wrote {}: {} programs equal shipped ones, except for their layout; {} pairs of learners stand out, {several} of them \
             in several exercises. A person has to look at them; they change no mark.",
            path.display(),
            self.shipped.len(),
            both.len()
        ))
    }

    /// Adds what stands out to the instructor's page, with the programs side by side.
    pub fn show(&self, page: &mut Page, folder: &Folder, plan: &Plan) {
        let both = self.standing_out();
        if both.is_empty() && self.shipped.is_empty() {
            return;
        }
        page.element("h2", "Programs that look alike");
        page.element(
            "p",
            "This is a pointer for you, and part of no mark. Short programs become alike on their own, so look at the code first.",
        );
        page.markup("<ul>");
        for Shipped { exercise, id, source } in &self.shipped {
            page.element("li", &format!("{id}, {exercise}: the same as {source}, except for its layout"));
        }
        page.markup("</ul>");
        for Both { left, right, exercises } in both.iter().take(SHOWN) {
            let said: Vec<String> = exercises
                .iter()
                .map(|pair| match pair.identical {
                    true => format!("{}: the same, except for the layout", pair.exercise),
                    false => format!("{}: {:.0} % shared", pair.exercise, pair.shared * 100.0),
                })
                .collect();
            page.markup("<details>").element("summary", &format!("{left} and {right}: {}", said.join(", ")));
            for pair in exercises {
                page.element("h3", &pair.exercise).markup("<div class=\"side\">");
                for id in [left, right] {
                    let place = latest(plan, &pair.exercise).into_iter().find(|place| place.id == **id);
                    page.markup("<div>").element("b", id).markup("<pre>");
                    page.text(&place.map(|place| text(folder, &place)).unwrap_or_default());
                    page.markup("</pre></div>");
                }
                page.markup("</div>");
            }
            page.markup("</details>");
        }
        if both.len() > SHOWN {
            page.element("p", &format!("and {} more in similar.csv", both.len() - SHOWN));
        }
    }
}

/// The programs that were handed in last, one of each submission.
fn latest(plan: &Plan, exercise: &str) -> Vec<Place> {
    plan.jobs()
        .filter(|(place, planned, taken)| {
            place.exercise == exercise && plan.is_latest(planned) && matches!(taken, Taken::Frozen { .. })
        })
        .map(|(place, ..)| place)
        .collect()
}

/// All files of a program as one text: tools compare files, not projects.
fn text(folder: &Folder, place: &Place) -> String {
    let mut text = String::new();
    let files = walkdir::WalkDir::new(folder.frozen(place)).sort_by_file_name();
    for entry in files.into_iter().flatten().filter(|entry| entry.file_type().is_file()) {
        text.push_str(&fs::read_to_string(entry.path()).unwrap_or_default());
        text.push('\n');
    }
    text
}

/// What everybody was given: the stub, which nobody can be blamed for, without a name; and what was shipped, by its name.
fn given(course: &Course, exercise: &Exercise) -> Vec<(String, Program)> {
    let mut given = Vec::new();
    let mut add = |name: String, path: PathBuf| {
        let text = fs::read_to_string(path).unwrap_or_default();
        if let Ok(program) = Program::read(&name, &text) {
            given.push((name, program));
        }
    };
    add(String::new(), stub(course, exercise));
    for variant in variant::of(&course.root, exercise).into_iter().flatten() {
        if variant.source != exercise.source() {
            add(variant.source.display().to_string().replace('\\', "/"), course.root.join(&variant.source));
        }
    }
    for listing in listings(course, exercise) {
        add(String::new(), listing);
    }
    given
}

/// The programs of the lesson's chapter.
fn listings(course: &Course, exercise: &Exercise) -> Vec<PathBuf> {
    let folder = course.root.join("lessons").join(&exercise.lesson_dir).join("listings");
    let Ok(files) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = files.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|it| it == "rs"));
    files.sort();
    files
}

/// Lays out folders for Dolos and JPlag; returns their command lines.
///
/// # Errors
/// If the disk says no.
pub fn export(course: &Course, graded: &Graded) -> Result<String> {
    let top = graded.folder.0.join("similarity");
    if top.exists() {
        fs::remove_dir_all(&top).with_context(|| format!("could not remove {}", top.display()))?;
    }
    let mut said = format!("wrote {}; to compare with another tool:", top.display());
    for name in &graded.plan.exercises {
        let dir = top.join(name);
        let mut info = csv::Writer::from_writer(Vec::new());
        info.write_record(["filename", "full_name", "label", "created_at"])?;
        for place in latest(&graded.plan, name) {
            let file = PathBuf::from(&place.id).join("src").join("lib.rs");
            put(&dir.join("programs").join(&file), &text(&graded.folder, &place))?;
            let attempts = graded.plan.attempts(&place.id);
            let moment = attempts.last().and_then(|planned| planned.late.moment()).unwrap_or_default();
            let file = file.to_string_lossy().replace('\\', "/");
            info.write_record([&format!("programs/{file}"), &place.id, &String::new(), &moment.to_owned()])?;
        }
        let exercise = course.exercise(name)?;
        let stub = fs::read_to_string(stub(course, exercise)).unwrap_or_default();
        put(&dir.join("stub").join("src").join("lib.rs"), &stub)?;
        replace(&dir.join("info.csv"), &info.into_inner().context("info.csv could not be made")?)?;
        let dir = dir.display();
        let _ = write!(
            said,
            "\n  dolos run -l rust -i {dir}/stub/src/lib.rs {dir}/info.csv\n  java -jar jplag.jar -l rust -bc {dir}/stub {dir}/programs"
        );
    }
    Ok(said)
}

/// The stub as it was shipped, whatever has become of it since.
fn stub(course: &Course, exercise: &Exercise) -> PathBuf {
    let shipped = course.root.join(&exercise.dir).join(".stub").join("lib.rs");
    if shipped.is_file() { shipped } else { course.root.join(exercise.source()) }
}

fn put(path: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(path))
        .with_context(|| format!("could not make a folder for {}", path.display()))?;
    replace(path, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_out_in_several_exercises_comes_first() {
        let pair = |exercise: &str, right: &str, shared: f64| Pair {
            exercise: exercise.to_owned(),
            left: "s1".to_owned(),
            right: right.to_owned(),
            shared,
            identical: false,
        };
        let pairs =
            vec![pair("a", "s2", 0.99), pair("a", "s3", 0.6), pair("b", "s3", 0.6), pair("b", "s2", 0.3)];
        let likeness = Likeness { pairs, shipped: Vec::new() };
        let both = likeness.standing_out();
        let order: Vec<_> = both.iter().map(|both| (both.right, both.exercises.len())).collect();
        assert_eq!(order, [("s3", 2), ("s2", 1)]);
    }
}
