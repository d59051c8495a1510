//! Compiling an exercise: the learner's source over the simulated std, then its checks over that. What does not compile is compiled
//! over the real std once more, for words that its learner can use.

use crate::course::Exercise;
use crate::files::{named, read_text};
use crate::judge::forbidden::{Asked, asks, elsewhere, files_read, quoted};
use crate::judge::lacking;
use crate::judge::prebuilt::Base;
use crate::judge::real::Libraries;
use crate::judge::rustc::{
    Diagnostic, Patience, Rendering, Said, Std, may_link, no_linker, rustc, rustc_says,
};
use crate::judge::scan;
use crate::judge::slot::Slot;
use crate::process::jail::Policy;
use crate::verdict::{Finding, Kind};
use anyhow::{Context, Result, bail};
use std::env;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::Command;

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
const UNSEEN_COUNTS: &str = "With this Rust, the counts of `Arc` and `Weak` are no scheduling points. So a race between two of \
                             them may stay unseen, and the checker can't try every interleaving.";

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
    let jail = Some(jail(root, base, exercise, source, &slot.dir));
    let limits = &Patience { limit: limits.limit, cancel: limits.cancel, jail };
    let job = Job { root, base, exercise, source, rendering, limits, dir: &slot.dir };
    let is_known = |name: &&String| {
        let name = name.replace('-', "_");
        base.crates.simulated.contains_key(&name) || base.crates.real.contains_key(&name)
    };
    if let Some(unknown) = exercise.dependencies.iter().find(|name| !is_known(name)) {
        let known: Vec<String> = exercise.dependencies.iter().filter(is_known).cloned().collect();
        let message = lacking::simulated(unknown, &known);
        return Ok(Compiled::Refused(Finding::new(Kind::Forbidden, message)));
    }
    let said = rustc_says(job.learners(None)?, limits)?;
    let files = files_read(&job.list())?;
    if let Some(file) = files.as_ref().and_then(|files| elsewhere(files, root, source)) {
        return Ok(Compiled::Refused(takes_in(file)));
    }
    let warnings = match said {
        Said::Compiled(said) => said,
        Said::Refused(_, errors) if files.is_none() && quoted(&errors, source).is_some() => {
            return Ok(Compiled::Refused(takes_in(quoted(&errors, source).unwrap_or_default())));
        }
        Said::Refused(finding, errors) if finding.kind == Kind::DoesNotCompile => {
            return job.does_not_compile(*finding, &errors).map(Compiled::Refused);
        }
        Said::Refused(finding, _) => return Ok(Compiled::Refused(*finding)),
        Said::Unlinked(text) => return Err(no_linker(&text)),
    };
    if let Some(finding) = job.can_not_be_simulated(&files.unwrap_or_default())? {
        return Ok(Compiled::Refused(finding));
    }

    let (command, executable) = job.checks(None)?;
    match rustc_says(command, limits)? {
        Said::Compiled(_) => {
            let object = fs::read(job.library("rlib")).context("could not read what rustc has written")?;
            Ok(Compiled::Program(Program {
                executable,
                warnings,
                enumerable: base.crates.counts,
                note: (!base.crates.counts && counts_references(&object)).then_some(UNSEEN_COUNTS),
                _slot: slot,
            }))
        }
        Said::Refused(finding, errors) if finding.kind == Kind::DoesNotCompile => {
            job.does_not_fit(*finding, &errors).map(Compiled::Refused)
        }
        Said::Refused(finding, _) => Ok(Compiled::Refused(*finding)),
        Said::Unlinked(text) => job.does_not_link(&text).map(Compiled::Refused),
    }
}

/// What the compiler may touch for this program: the toolchain, what was built, the program, its checks, and its place.
fn jail(root: &Path, base: &Base, exercise: &Exercise, source: &Path, place: &Path) -> Policy {
    let home = |variable: &str, folder: &str| {
        let named = env::var_os(variable).map(PathBuf::from);
        named.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(folder)))
    };
    let mut read: Vec<PathBuf> = base.crates.search.clone();
    read.extend([base.rustc.clone(), root.join(&exercise.dir)]);
    read.extend(root.join(source).parent().map(Path::to_owned));
    // Where rustc belongs to a toolchain, or is rustup's, which finds one.
    read.extend(base.rustc.parent().and_then(Path::parent).filter(|it| it.is_absolute()).map(Path::to_owned));
    read.extend([home("RUSTUP_HOME", ".rustup"), home("CARGO_HOME", ".cargo")].into_iter().flatten());
    read.extend(base.crates.real.values().chain(base.crates.simulated.values()).cloned());
    Policy { read, write: vec![place.to_owned()], starts_programs: true }
}

/// The finding on a program that takes in a file of somebody else's.
fn takes_in(file: &str) -> Finding {
    let message = if file.contains('\n') {
        "the program includes a file with a line break in its name; give the file another name".to_owned()
    } else if file.contains('"') {
        format!(
            "the program includes {file}, which has a quotation mark in its name; give the file another name"
        )
    } else {
        format!("the program includes {file}, but an exercise may use only the files in its own folder")
    };
    Finding::new(Kind::Forbidden, message)
}

/// One program that is being compiled.
struct Job<'a> {
    root: &'a Path,
    base: &'a Base,
    exercise: &'a Exercise,
    source: &'a Path,
    rendering: Rendering,
    limits: &'a Patience<'a>,
    dir: &'a Path,
}

impl Job<'_> {
    fn library(&self, kind: &str) -> PathBuf {
        self.dir.join(format!("lib{}.{kind}", self.exercise.crate_name()))
    }

    /// Where rustc lists what it has read.
    fn list(&self) -> PathBuf {
        self.dir.join(format!("{}.d", self.exercise.crate_name()))
    }

    /// Where rustc writes down what each function does.
    fn mir(&self) -> PathBuf {
        self.dir.join(format!("{}.mir", self.exercise.crate_name()))
    }

    fn rustc(&self, kind: &str, name: &str, real: Option<&Libraries>) -> Command {
        let std = if real.is_some() { Std::Real } else { Std::Simulated };
        let mut command = rustc(self.root, self.base, self.rendering, std);
        command.args(["--crate-type", kind, "--crate-name", name, "--edition", &self.exercise.edition]);
        self.keeps_its_files_here(&mut command);
        if let Some(libraries) = real {
            command.arg("-L").arg(named("dependency=", &libraries.search));
        }
        command
    }

    /// A compiler that is ended leaves its own files behind. One that is jailed can write nowhere else.
    fn keeps_its_files_here(&self, command: &mut Command) {
        for variable in ["TMPDIR", "TEMP", "TMP"] {
            command.env(variable, self.dir);
        }
    }

    /// The call that compiles the learner's crate, over the simulated std or the real one.
    fn learners(&self, real: Option<&Libraries>) -> Result<Command> {
        let mut command = self.rustc("rlib", &self.exercise.crate_name(), real);
        // Named by rustc: a path that follows `--emit` ends at its first comma.
        // Its temporary files go there too, not into the folder we are in: another rustc may be at the same crate.
        command.arg(named("--out-dir=", self.dir));
        let emit = if real.is_some() { "--emit=metadata" } else { "--emit=link,dep-info,mir" };
        command.args(["-F", "unsafe_code", emit]).arg(self.source);
        self.with(&mut command, &self.exercise.dependencies, real)?;
        Ok(command)
    }

    /// The call that compiles the checks over the learner's crate, and the program that it makes.
    fn checks(&self, real: Option<&Libraries>) -> Result<(Command, PathBuf)> {
        let executable = self.dir.join(format!("checks{}", std::env::consts::EXE_SUFFIX));
        let mut command = self.rustc("bin", "checks", real);
        // What is wrong with the checks is not the learner's to read about.
        command.args(["--cap-lints", "allow"]).arg(self.exercise.checks());
        let library = match real {
            Some(_) => {
                command.arg("--emit=metadata").arg(named("--out-dir=", self.dir));
                self.library("rmeta")
            }
            None => {
                may_link(&mut command);
                // The environment may have named another folder.
                self.keeps_its_files_here(&mut command);
                // They are the same for each edit of the learner's. In small units, so that those are new which hold code
                // of the learner's and the others are not.
                let incremental = self.dir.join("incremental");
                command.args(["-C", "codegen-units=64", "-C"]).arg(named("incremental=", &incremental));
                command.arg(named("-o", &executable));
                self.library("rlib")
            }
        };
        command.arg("--extern").arg(named(&format!("{}=", self.exercise.crate_name()), &library));
        let of_ours = self.exercise.dependencies.iter().chain(&self.exercise.dev_dependencies);
        self.with(&mut command, of_ours, real)?;
        Ok((command, executable))
    }

    /// Adds the crates that are called so in Cargo.toml.
    fn with<'n>(
        &self,
        command: &mut Command,
        dependencies: impl IntoIterator<Item = &'n String>,
        real: Option<&Libraries>,
    ) -> Result<()> {
        let built = &self.base.crates;
        for dependency in dependencies {
            let dependency = dependency.replace('-', "_");
            let library = match real {
                Some(libraries) => libraries.find(&dependency, built),
                None => built.simulated.get(&dependency).or_else(|| built.real.get(&dependency)),
            };
            let library = library.with_context(|| {
                format!("{} uses `{dependency}`, which the harness does not", self.exercise.name)
            })?;
            command.arg("--extern").arg(named(&format!("{dependency}="), library));
        }
        Ok(())
    }

    /// What is seen in a program that compiles, before it runs.
    fn can_not_be_simulated(&self, files: &[String]) -> Result<Option<Finding>> {
        let texts: Vec<String> =
            files.iter().map(|file| read_text(&self.root.join(file))).collect::<Result<_>>()?;
        for (file, text) in files.iter().zip(&texts) {
            if let Some((line, of)) = scan::outliving(text) {
                let message = format!(
                    "{file}:{line}: a `static` of crossbeam's `{of}` keeps its contents from one schedule to the next, so no schedule \
                     could be run again; make it in the call, or put it behind a `LazyLock`"
                );
                return Ok(Some(Finding::new(Kind::Forbidden, message)));
            }
        }
        let mir =
            File::open(self.mir()).with_context(|| format!("could not read {}", self.mir().display()))?;
        let Some(asked) = asks(BufReader::new(mir))? else { return Ok(None) };
        let (word, says) = match asked {
            Asked::Path(method) => {
                (method, format!("`Path::{method}` looks at real files, which can't be simulated"))
            }
            Asked::Caller => (
                "caller",
                "`Location::caller` shows which check is running, and a program must not know that".into(),
            ),
        };
        let place = files.iter().zip(&texts).find_map(|(file, text)| {
            let line = text.lines().position(|line| line.contains(word))?;
            Some(format!("{file}:{}: ", line + 1))
        });
        let message = format!("{}{says}", place.unwrap_or_default());
        Ok(Some(Finding::new(Kind::Forbidden, message)))
    }

    /// What to say of a crate that does not compile over the simulated std: what rustc says of it over the real one.
    fn does_not_compile(&self, finding: Finding, simulated: &[Diagnostic]) -> Result<Finding> {
        let libraries = Libraries::open(self.root, self.base, self.limits.cancel)?;
        match rustc_says(self.learners(Some(&libraries))?, self.limits)? {
            Said::Refused(mut finding, errors) => {
                finding.lacks = lacking::crates(&errors, &self.exercise.dependencies);
                Ok(*finding)
            }
            Said::Compiled(_) | Said::Unlinked(_) => unless_ours(finding, simulated),
        }
    }

    /// What to say of a crate that compiles, and does not have what its checks use.
    fn does_not_fit(&self, finding: Finding, simulated: &[Diagnostic]) -> Result<Finding> {
        // The checks name no crate but ours.
        if let Some(error) = simulated.iter().find(|error| error.has_code("E0463")) {
            bail!("the checks could not be compiled: {}; remove target/sim and try again", error.message);
        }
        let libraries = Libraries::open(self.root, self.base, self.limits.cancel)?;
        let real = match rustc_says(self.learners(Some(&libraries))?, self.limits)? {
            Said::Compiled(_) => rustc_says(self.checks(Some(&libraries))?.0, self.limits)?,
            refused => refused,
        };
        match real {
            Said::Refused(mut finding, errors) => {
                finding.lacks = Some(lacking::for_its_checks(self.root, self.exercise, self.source, &errors));
                Ok(*finding)
            }
            Said::Compiled(_) | Said::Unlinked(_) => unless_ours(finding, simulated),
        }
    }

    /// What to say of a program that can't be linked, if any can.
    fn does_not_link(&self, text: &str) -> Result<Finding> {
        let smallest = self.dir.join("smallest.rs");
        fs::write(&smallest, "fn main() {}\n").context("could not write to the folder of built programs")?;
        let mut command = self.rustc("bin", "smallest", None);
        may_link(&mut command);
        command.arg(named("-o", &self.dir.join("smallest"))).arg(&smallest);
        match rustc_says(command, self.limits)? {
            Said::Compiled(_) => {
                let reason = text.lines().rev().find(|line| line.contains("ld:") || line.contains("error:"));
                let reason = reason.map(|line| format!(": {}", line.trim())).unwrap_or_default();
                let message = format!("this program can't be linked, although others can{reason}");
                Ok(Finding::new(Kind::DoesNotCompile, message))
            }
            _ => Err(no_linker(text)),
        }
    }
}

/// The finding on a program that the real std accepts, as far as that is a type or a name: over the real std no code was made,
/// and what is found wrong only then, such as a constant that panics, is the program's.
///
/// # Errors
/// If the simulated std lacks something.
fn unless_ours(finding: Finding, errors: &[Diagnostic]) -> Result<Finding> {
    let is_ours = |error: &&Diagnostic| {
        error.is_error()
            && error.code.as_ref().is_some_and(|code| code.code.starts_with('E') && code.code != "E0080")
    };
    match errors.iter().find(is_ours) {
        Some(first) => bail!(our_fault(first)),
        None => Ok(finding),
    }
}

/// What to say where the real std has what the simulated one lacks.
fn our_fault(first: &Diagnostic) -> String {
    let place = first.spans.iter().find(|span| span.is_primary);
    let place = place.map(|span| format!("{}:{}: ", span.file_name, span.line_start)).unwrap_or_default();
    format!(
        "this program compiles with the real std, but not with the simulated one. The workbook is at fault, not your program.\n\
         The simulated std lacks this: {place}{}\n\
         Please report it. Until then, write that line in another way.",
        first.message.replace("simstd::", "std::")
    )
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
