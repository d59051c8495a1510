//! What a platform needs to judge with this course: for Gradescope an archive, for the others a folder with a few files.

use super::one;
use super::platforms::{Platform, whole};
use crate::course::Course;
use crate::course::variant::{self, Expected};
use crate::judge::prebuilt;
use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const SETUP: &str = include_str!("pack/setup.sh");
const RUN: &str = include_str!("pack/run_autograder");
const AUTOGRADER: &str = include_str!("pack/autograder.py");
const GITHUB: &str = include_str!("pack/workbook.yml");
const GITLAB: &str = include_str!("pack/gitlab-ci.yml");
const CONTAINER: &str = include_str!("pack/Containerfile");

/// Writes what `platform` needs to `to`; returns what to tell. Each submission is judged with `options`.
///
/// # Errors
/// If the platform can't take the assignment, `to` is there already, or the disk says no.
pub fn pack(
    course: &Course,
    platform: Platform,
    assignment: Option<&Path>,
    options: &[String],
    to: &Path,
) -> Result<String> {
    let (own, text) = one::assignment(course, assignment)?;
    let worth = own.worth(course)?;
    if platform == Platform::Classroom50 {
        for worth in &worth {
            let parts = worth.weights.iter().flat_map(|weights| weights.values());
            for points in parts.chain([&worth.points]) {
                whole(*points).with_context(|| worth.exercise.clone())?;
            }
        }
        if own.policy.is_some() {
            bail!(
                "Classroom 50 knows only the date of a commit, which comes from the learner's machine; take `[late]` out of the \
                 assignment, or grade the clones of `gh teacher download` instead"
            );
        }
    }
    if to.exists() {
        bail!("{} already exists; name a new one", to.display());
    }
    let first = worth.first().context("the assignment has no exercise")?;
    let exercise = course.exercise(&first.exercise)?;
    let passing = variant::of(&course.root, exercise).into_iter().flatten();
    let solution = passing.filter(|it| it.expected == Expected::Passed).map(|variant| variant.source).next();
    let solution = solution.with_context(|| {
        format!("{} has no solution here; pack from the whole course, not from an edition", exercise.name)
    })?;
    let version = prebuilt::rustc_version(&prebuilt::rustc())?;
    let values = [
        ("rust", version.split_whitespace().nth(1).unwrap_or("stable").to_owned()),
        ("release", course.release().to_owned()),
        ("exercise", exercise.name.clone()),
        ("solution", solution.to_string_lossy().replace('\\', "/")),
        ("options", options.iter().map(|option| format!(" {option}")).collect()),
        ("list", options.iter().map(|option| format!(", \"{option}\"")).collect()),
        ("root", course.root.display().to_string()),
        ("to", to.display().to_string()),
        ("assignment", text),
    ];
    let filled = |text: &str| {
        values
            .iter()
            .fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value))
    };
    if platform == Platform::Gradescope {
        let scripts = [("setup.sh", filled(SETUP)), ("run_autograder", filled(RUN))];
        let assignment = filled("{{assignment}}");
        let packed = archive(course, &scripts, &assignment, to);
        let files = packed.with_context(|| format!("could not write {}", to.display()))?;
        return Ok(format!(
            "wrote {} with {files} files; give the assignment 2 GB of memory or more, and don't show learners the archive: \
             it contains the solutions",
            to.display()
        ));
    }
    let files: &[(&str, &str)] = match platform {
        Platform::Gradescope => &[],
        Platform::Classroom50 => &[("autograder.py", AUTOGRADER), ("Containerfile", CONTAINER)],
        Platform::Github => &[("workbook.yml", GITHUB), ("Containerfile", CONTAINER)],
        Platform::Gitlab => &[(".gitlab-ci.yml", GITLAB), ("Containerfile", CONTAINER)],
    };
    fs::create_dir_all(to).with_context(|| format!("could not make {}", to.display()))?;
    for (name, text) in files {
        fs::write(to.join(name), filled(text)).with_context(|| format!("could not write {name}"))?;
    }
    Ok(format!(
        "wrote {} files in {}; each says in its first lines where to put it",
        files.len(),
        to.display()
    ))
}

fn archive(course: &Course, scripts: &[(&str, String)], assignment: &str, to: &Path) -> Result<usize> {
    let new = to.with_extension("new");
    let mut zip = ZipWriter::new(File::create(&new)?);
    // No times of this machine: the same course gives the same bytes.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let options = options.last_modified_time(zip::DateTime::default());
    for (name, text) in scripts {
        zip.start_file(*name, options.unix_permissions(0o755))?;
        zip.write_all(text.as_bytes())?;
    }
    zip.start_file("assignment.toml", options)?;
    zip.write_all(assignment.as_bytes())?;
    let files = course.files()?;
    for path in &files {
        zip.start_file(format!("workbook/{}", path.to_string_lossy().replace('\\', "/")), options)?;
        let from = course.root.join(path);
        zip.write_all(&fs::read(&from).with_context(|| format!("could not read {}", from.display()))?)?;
    }
    zip.finish()?;
    fs::rename(&new, to)?;
    Ok(files.len() + scripts.len() + 1)
}
