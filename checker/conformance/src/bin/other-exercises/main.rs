//! Puts right programs and common mistakes into other people's exercises, and counts the mistakes that their own tests find: run
//! once as they are, run ten times, and explored. Writes the second part of TAKEN-HOME.md.

mod page;
mod subjects;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Parser;
use conformance::process;
use serde_json::Value;

use crate::page::{Judged, Tried, page};
use crate::subjects::{SUBJECTS, Subject};

/// A run of `cargo test` that takes longer has stopped for ever: the tests take two seconds at the most.
const HANGS: Duration = Duration::from_secs(10);
/// After so many runs that hang, the others are left out.
const HANGS_TOLD: u64 = 2;
/// An exploration may take so long, its build included.
const LIMIT: Duration = Duration::from_secs(300);

/// Counts the mistakes that the tests of other people's exercises find, with `cargo test` and explored.
#[derive(Parser)]
struct Arguments {
    /// Where the courses have been cloned: 100-exercises-to-learn-rust, rustlings, and exercism's rust
    folder: PathBuf,
    /// Judge the programs whose paths contain this, and leave the page as it is
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// How often to run `cargo test`
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    runs: u64,
    /// Schedules of each test
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..))]
    schedules: u64,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Whether every right program passes, and every mistake is found.
fn run(arguments: &Arguments) -> Result<bool> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = own.ancestors().nth(2).context("checker/ is in a workspace")?;
    let mut versions = BTreeMap::new();
    for subject in &SUBJECTS {
        versions.insert(subject.course, version(&arguments.folder, subject)?);
    }
    let work = tempfile::tempdir()?;
    let page_file = root.join("TAKEN-HOME.md");
    let mut all = Vec::new();
    let mut known = 0;
    for subject in &SUBJECTS {
        for kind in ["right", "wrong"] {
            known += programs(&own.join("programs").join(subject.programs).join(kind))?.len();
        }
    }
    for subject in &SUBJECTS {
        for (kind, is_right) in [("right", true), ("wrong", false)] {
            for file in programs(&own.join("programs").join(subject.programs).join(kind))? {
                let path = file.display().to_string();
                if arguments.only.as_ref().is_some_and(|only| !path.contains(only.as_str())) {
                    continue;
                }
                let package = work.path().join(subject.programs);
                let manifest = subject.assemble(&arguments.folder, &file, &package)?;
                let judged = judge(root, arguments, subject, &file, is_right, &manifest)?;
                eprintln!("{}", judged.line());
                all.push(judged);
                // After each, since it takes long: whoever ends the command keeps what is known.
                if arguments.only.is_none() {
                    let before = fs::read_to_string(&page_file).unwrap_or_default();
                    let tried = Tried { runs: arguments.runs, schedules: arguments.schedules, known };
                    fs::write(&page_file, page(&before, &all, &versions, &tried))?;
                }
            }
        }
    }
    Ok(all.iter().all(Judged::is_as_it_should_be))
}

/// The commit of a course that has been cloned.
fn version(folder: &Path, subject: &Subject) -> Result<String> {
    let course = folder.join(subject.course);
    if !course.join(subject.exercise).exists() {
        bail!(
            "{} has no {}\nclone {} into {}",
            course.display(),
            subject.exercise,
            subject.source,
            folder.display()
        );
    }
    let output = Command::new("git").arg("-C").arg(&course).args(["rev-parse", "HEAD"]).output();
    let output = output.context("git is needed, to tell which commit of a course this is")?;
    let commit = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    match output.status.success() && !commit.is_empty() {
        true => Ok(commit),
        false => {
            bail!("{} is no clone: git names no commit\nclone {} there", course.display(), subject.source)
        }
    }
}

fn programs(folder: &Path) -> Result<Vec<PathBuf>> {
    let files = fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))?;
    let mut files: Vec<PathBuf> = files.map(|file| Ok(file?.path())).collect::<Result<_>>()?;
    files.sort();
    Ok(files)
}

fn judge(
    root: &Path,
    arguments: &Arguments,
    subject: &Subject,
    file: &Path,
    is_right: bool,
    manifest: &Path,
) -> Result<Judged> {
    let folder = manifest.parent().context("a manifest is in a folder")?;
    let ignored: &[&str] = if subject.has_ignored { &["--", "--include-ignored"] } else { &[] };
    let test = |build: bool| {
        let mut command = Command::new("cargo");
        command.args(["test", "--quiet", "--tests"]).current_dir(folder);
        match build {
            true => command.arg("--no-run"),
            false => command.args(ignored),
        };
        command
    };
    let built = process::run(test(true), LIMIT)?;
    if !built.success {
        bail!("{} does not compile in {}:\n{}", file.display(), subject.exercise, built.err);
    }
    let (mut runs, mut failed, mut hung, mut at_once) = (0, 0, 0, false);
    while runs < arguments.runs && hung < HANGS_TOLD {
        let said = process::run(test(false), HANGS)?;
        runs += 1;
        failed += u64::from(!said.success);
        hung += u64::from(said.out_of_time);
        at_once |= runs == 1 && !said.success;
    }
    let mut command = Command::new("cargo");
    command.args(["run", "--quiet", "--profile", "start", "--package", "launcher", "--", "explore"]);
    command.args(["--format", "json", "--schedules"]).arg(arguments.schedules.to_string());
    command.arg("--manifest-path").arg(manifest).args(ignored).current_dir(root);
    let said = process::run(command, LIMIT)?;
    let explored: Value = serde_json::from_str(&said.out)
        .with_context(|| format!("{} could not be explored: {}", file.display(), said.err))?;
    let tests = explored["tests"].as_array().context("an exploration has tests")?;
    let wrong =
        |test: &&Value| ["failed", "undecided", "not-repeatable"].iter().any(|it| test["state"] == **it);
    let finding = tests.iter().find(wrong).map(|test| {
        let kind = test["finding"]["kind"].as_str().unwrap_or("not repeatable");
        format!("{kind}, in {} of {} schedules", test["wrong"], test["schedules"])
    });
    let text = fs::read_to_string(file)?;
    let says = text.lines().next().unwrap_or_default().trim_start_matches("//! ").to_owned();
    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Judged {
        course: subject.course,
        exercise: subject.exercise,
        name,
        says,
        is_right,
        runs,
        failed,
        at_once,
        finding,
    })
}
