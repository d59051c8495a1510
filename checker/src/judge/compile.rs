//! Compiling an exercise: the learner's source over the simulated std, then its checks over that.

use crate::course::Exercise;
use crate::files::{named, read_text};
use crate::judge::forbidden::{asks_the_file_system, elsewhere, files_read};
use crate::judge::prebuilt::Base;
use crate::judge::rustc::{Diagnostic, Patience, Rendering, Said, rustc, rustc_says};
use crate::judge::scan;
use crate::judge::slot::Slot;
use crate::verdict::{Finding, Kind};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// What came of compiling a program.
pub enum Compiled {
    Program(Program),
    Refused(Finding),
}

/// A check program, ready to run.
pub struct Program {
    pub executable: PathBuf,
    pub warnings: String,
    /// Whether the simulation sees all that it shares between threads, so that "every interleaving" can be said of it.
    pub enumerable: bool,
    /// What a verdict on it does not cover.
    pub note: Option<&'static str>,
    /// Its folder, which another program may have when this one is no longer needed.
    pub _slot: Slot,
}

/// What a verdict says of a program whose `Arc`s count unseen.
const UNSEEN_COUNTS: &str = "With this Rust the counts of `Arc` and `Weak` are no scheduling points: a race between two of \
                             them may go unnoticed, and not every interleaving can be tried.";

/// Compiles `source` as the learner's part of `exercise`.
///
/// `source` is relative to `root`, so that file:line reads the same on every machine.
///
/// # Errors
/// If the trouble is not the learner's.
pub fn compile(
    root: &Path,
    base: &Base,
    exercise: &Exercise,
    source: &Path,
    rendering: Rendering,
    limits: &Patience<'_>,
) -> Result<Compiled> {
    let slot = base.slot(&exercise.name)?;
    let name = exercise.crate_name();
    let library = slot.dir.join(format!("lib{name}.rlib"));

    let mut learner = rustc(root, base, rendering);
    learner.args(["--crate-type", "rlib", "--crate-name", &name, "--edition", &exercise.edition]);
    // Named by rustc: a path that follows `--emit` ends at its first comma.
    let read = slot.dir.join(format!("{name}.d"));
    // Its temporary files go there too, not into the folder we are in: another rustc may be at the same crate.
    learner.arg(named("--out-dir=", &slot.dir));
    learner.args(["-F", "unsafe_code", "--emit=link,dep-info"]).arg(source);
    for dependency in &exercise.dependencies {
        let dependency = dependency.replace('-', "_");
        let rlib = base.crates.simulated.get(&dependency).with_context(|| {
            format!(
                "{} depends on `{dependency}`, which is not built over the simulated std\n\
                 add it to checker/overlay/Cargo.toml",
                exercise.name
            )
        })?;
        learner.arg("--extern").arg(named(&format!("{dependency}="), rlib));
    }
    let said = match rustc_says(learner, limits)? {
        Said::Compiled(said) => said,
        Said::Refused(finding, _) => return Ok(Compiled::Refused(finding)),
    };
    let files = files_read(&read)?;
    if let Some(file) = elsewhere(&files, root, source)? {
        let message = format!("the program takes in {file}: an exercise is what is in its own folder");
        return Ok(Compiled::Refused(Finding::new(Kind::Forbidden, message)));
    }
    let texts: Vec<String> = files.iter().map(|file| read_text(&root.join(file))).collect::<Result<_>>()?;
    for (file, text) in files.iter().zip(&texts) {
        if let Some((line, of)) = scan::outliving(text) {
            let message = format!(
                "{file}:{line}: a `static` of crossbeam's `{of}` keeps what is in it from one schedule to the next, so none of \
                 them could be run again; make it in the call, or put it behind a `LazyLock`"
            );
            return Ok(Compiled::Refused(Finding::new(Kind::Forbidden, message)));
        }
    }
    let object = fs::read(&library).with_context(|| format!("could not read {}", library.display()))?;
    if let Some(method) = asks_the_file_system(&object) {
        let text = fs::read_to_string(root.join(source)).unwrap_or_default();
        let line = text.lines().position(|line| line.contains(method)).map(|index| index + 1);
        let place = line.map(|line| format!("{}:{line}: ", source.display())).unwrap_or_default();
        let message = format!("{place}`Path::{method}` looks at real files, which can't be simulated");
        return Ok(Compiled::Refused(Finding::new(Kind::Forbidden, message)));
    }

    let executable = slot.dir.join(format!("checks{}", std::env::consts::EXE_SUFFIX));
    let mut checks = rustc(root, base, rendering);
    checks.args(["--crate-type", "bin", "--crate-name", "checks", "--edition", &exercise.edition]);
    // They are the same for each edit of the learner's. In small units, so that those are new which hold code of the
    // learner's and the others are not.
    checks.args(["-C", "codegen-units=64", "-C"]).arg(named("incremental=", &slot.incremental()));
    // What is wrong with the checks is not the learner's to read about.
    checks.args(["--cap-lints", "allow"]).arg(named("-o", &executable)).arg(exercise.checks());
    checks.arg("--extern").arg(named(&format!("{name}="), &library));
    let of_ours = exercise.dependencies.iter().chain(&exercise.dev_dependencies);
    for dependency in of_ours.map(|dependency| dependency.replace('-', "_")) {
        let rlib = base.crates.simulated.get(&dependency).or_else(|| base.crates.real.get(&dependency));
        let rlib = rlib.with_context(|| {
            format!("the checks of {} use `{dependency}`, which the harness does not", exercise.name)
        })?;
        checks.arg("--extern").arg(named(&format!("{dependency}="), rlib));
    }
    match rustc_says(checks, limits)? {
        Said::Compiled(_) => Ok(Compiled::Program(Program {
            executable,
            warnings: said,
            enumerable: base.crates.counts,
            note: (!base.crates.counts && counts_references(&object)).then_some(UNSEEN_COUNTS),
            _slot: slot,
        })),
        Said::Refused(mut finding, errors) => {
            finding.lacks = Some(lacking(root, exercise, source, &errors));
            Ok(Compiled::Refused(finding))
        }
    }
}

/// Whether the compiled crate has code of `Arc` or `Weak`, by the names of its symbols.
fn counts_references(object: &[u8]) -> bool {
    const MODULE: &[u8] = b"5alloc4sync";
    let modules = object.windows(MODULE.len()).enumerate().filter(|(_, part)| *part == MODULE);
    modules.map(|(at, _)| &object[at + MODULE.len()..]).any(|rest| {
        let near = &rest[..rest.len().min(8)];
        near.windows(3).any(|name| name == b"Arc") || near.windows(4).any(|name| name == b"Weak")
    })
}

/// What a program that compiles by itself lacks for its checks: they are ours, and the learner has not read them.
fn lacking(root: &Path, exercise: &Exercise, source: &Path, errors: &[Diagnostic]) -> String {
    let (name, source, readme) = (exercise.crate_name(), source.display(), exercise.readme());
    let checks = fs::read_to_string(root.join(exercise.checks())).unwrap_or_default();
    let import = format!("use {name}::");
    let used = checks.split(&import).nth(1).and_then(|rest| rest.split(';').next()).unwrap_or_default();
    let used = used.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    let used: Vec<String> = used.map(|word| format!("`{word}`")).collect();
    let named = |error: &Diagnostic| {
        let word = error.message.split('`').nth(1)?;
        Some(word.strip_prefix(&format!("{name}::")).unwrap_or(word).to_owned())
    };
    let is_missing = |error: &&Diagnostic| {
        error.has_code("E0432")
            || error.has_code("E0425") && error.message.ends_with(&format!("in crate `{name}`"))
    };
    let first = if let Some(missing) = errors.iter().find(is_missing).and_then(named) {
        format!("{source} has no `{missing}`, which the checks call by that name.")
    } else if let Some(private) = errors.iter().find(|error| error.has_code("E0603")).and_then(named) {
        format!("`{private}` in {source} is private, and the checks can call only what is `pub`.")
    } else {
        format!("The checks use {source} as it was promised, and it can't be used so.")
    };
    let all = match used.as_slice() {
        [] => String::new(),
        [one] => format!(" They need {one}."),
        [most @ .., last] => format!(" They need {} and {last}.", most.join(", ")),
    };
    format!("{first}{all} {} has what is promised, with its signature.", readme.display())
}
