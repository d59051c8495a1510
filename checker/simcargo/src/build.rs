//! A package's test programs, compiled by cargo over the stand-ins.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::program::Program;
use crate::stand_ins::StandIns;

/// Which test programs of a package to build.
#[derive(Debug, Clone)]
pub enum Target {
    /// All: the unit tests and every file of `tests/`.
    All,
    /// This binary: its unit tests, or its `main`.
    Bin(String),
    /// The unit tests of its library.
    Lib,
    /// The file of `tests/` with this name.
    Test(String),
}

/// A package, and how to build it.
#[derive(Debug, Clone)]
pub struct Package {
    /// Its `Cargo.toml`.
    pub manifest: PathBuf,
    /// Which programs.
    pub target: Target,
    /// More arguments for cargo, such as `--features`.
    pub cargo: Vec<String>,
    /// More arguments for rustc, for the program itself and none of what it depends on. Not with
    /// [`Target::All`].
    pub rustc: Vec<OsString>,
    /// A folder of its own in the target directory: cargo takes packages of the same name for the same one, wherever they are.
    pub within: Option<String>,
}

/// What rustc says when it can't compile a crate.
#[derive(Debug, Clone)]
pub struct CompileError {
    /// The crate.
    pub target: String,
    /// In a line, without its place.
    pub message: String,
    /// As rustc draws it.
    pub rendered: String,
    /// Where: in the file that was written, if a macro made the code.
    pub places: Vec<Place>,
}

/// A part of a file.
#[derive(Debug, Clone, Deserialize)]
pub struct Place {
    /// As it was given to rustc.
    #[serde(rename = "file_name")]
    pub file: PathBuf,
    /// From 1.
    pub line_start: usize,
    /// From 1.
    pub line_end: usize,
    /// From 1, in characters.
    pub column_start: usize,
    /// From 1, in characters; one after the last.
    pub column_end: usize,
    #[serde(default)]
    is_primary: bool,
    #[serde(default)]
    expansion: Option<Box<Expansion>>,
}

#[derive(Debug, Clone, Deserialize)]
struct Expansion {
    span: Place,
}

/// What [`run`] reads.
pub(crate) const MESSAGES: &str = "--message-format=json";

impl StandIns {
    /// Builds test programs. Those that can't be compiled are errors in the list, not of the call.
    ///
    /// # Errors
    /// In every test program there is a crate that stops OS threads, such as parking_lot's. Cargo can't be started, or fails without a message from rustc: a manifest it can't read, say.
    pub fn build(&self, package: &Package) -> Result<(Vec<Program>, Vec<CompileError>)> {
        let mut command = cargo();
        // Cargo reads its settings from the current folder and those above.
        command.current_dir(package.manifest.parent().context("a manifest is in a folder")?);
        match &package.target {
            Target::All => command.args(["build", "--tests", "--keep-going"]),
            Target::Lib => command.args(["rustc", "--profile", "test", "--lib"]),
            Target::Bin(name) => command.args(["rustc", "--bin", name]),
            Target::Test(name) => command.args(["rustc", "--profile", "test", "--test", name]),
        };
        command.args(["--quiet", MESSAGES, "--target", self.host(), "--target-dir"]);
        let target_dir = self.target_dir().join(package.within.as_deref().unwrap_or_default());
        command.arg(&target_dir);
        command.arg("--manifest-path").arg(&package.manifest).args(&package.cargo);
        if !package.rustc.is_empty() {
            command.arg("--").args(&package.rustc);
        }
        command.env("CARGO_ENCODED_RUSTFLAGS", self.flags().join(OsStr::new("\u{1f}")));
        // Thousands of schedules: worth a little of rustc's time.
        for (setting, value) in [("OPT_LEVEL", "1"), ("DEBUG", "line-tables-only"), ("PANIC", "unwind")] {
            command.env(format!("CARGO_PROFILE_DEV_{setting}"), value);
        }
        let built = run(command)?;
        let mut programs = Vec::new();
        let mut errors = Vec::new();
        let simulated = target_dir.join(self.host());
        let mut blocking: Vec<&'static str> = Vec::new();
        for message in built.messages {
            let is_simulated = message.filenames.iter().any(|file| file.starts_with(&simulated));
            let is_test = message.profile.is_some_and(|profile| profile.test);
            let (target, kind) = message.target.map(|target| (target.name, target.kind)).unwrap_or_default();
            if is_simulated {
                blocking.extend(BLOCKING.into_iter().find(|name| *name == target));
            }
            if let Some(executable) = message.executable {
                // A procedural macro's tests are programs of the real std, and so is what a test program starts.
                if is_simulated && (is_test || matches!(package.target, Target::Bin(_))) {
                    let package = package_name(&message.package_id).to_owned();
                    programs.push(Program {
                        package,
                        name: target,
                        kind: kind.concat(),
                        is_main: !is_test,
                        executable,
                        blocking: None,
                    });
                }
            } else if let Some(said) = message.message.filter(|said| said.level == "error") {
                errors.push(said.into_error(target));
            }
        }
        if !built.success && errors.is_empty() {
            anyhow::bail!("cargo could not build {}:\n{}", package.manifest.display(), built.said);
        }
        for program in &mut programs {
            program.blocking = first_in(&program.executable, &blocking)?;
        }
        if let Some(name) = programs.first().and_then(|program| program.blocking)
            && programs.iter().all(|program| program.blocking.is_some())
        {
            anyhow::bail!(
                "{} uses the crate {name}, which asks the system to stop a thread: that would stop every thread of the \
                 simulation\nbuild it without, for example with features that use std's locks",
                package.manifest.display()
            );
        }
        Ok((programs, errors))
    }
}

/// Crates that stop an OS thread without std. All simulated threads share one.
const BLOCKING: [&str; 5] = ["parking_lot_core", "atomic_wait", "linux_futex", "mio", "polling"];

/// Which of these crates has functions in the program: a crate that only another test needs is not linked.
fn first_in(program: &Path, crates: &[&'static str]) -> Result<Option<&'static str>> {
    if crates.is_empty() {
        return Ok(None);
    }
    let bytes = fs::read(program).with_context(|| format!("could not read {}", program.display()))?;
    let text = String::from_utf8_lossy(&bytes);
    // As both ways of mangling write the first part of a path: `_ZN4name` and `_RNvCs1234_4name`.
    let is_in =
        |name: &str| ["N", "_"].iter().any(|mark| text.contains(&format!("{mark}{}{name}", name.len())));
    Ok(crates.iter().copied().find(|name| is_in(name)))
}

pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // What is built is the same whatever its user builds other programs with.
    for variable in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET", "RUSTC_BOOTSTRAP"] {
        command.env_remove(variable);
    }
    command
}

pub(crate) struct Built {
    pub(crate) success: bool,
    pub(crate) messages: Vec<Message>,
    pub(crate) said: String,
}

#[derive(Deserialize)]
pub(crate) struct Message {
    #[serde(default)]
    package_id: String,
    profile: Option<Profile>,
    pub(crate) target: Option<Named>,
    #[serde(default)]
    pub(crate) filenames: Vec<PathBuf>,
    executable: Option<PathBuf>,
    message: Option<Said>,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

#[derive(Deserialize)]
pub(crate) struct Named {
    pub(crate) name: String,
    #[serde(default)]
    kind: Vec<String>,
}

/// The name in what cargo calls a package: `path+file:///lab/queue#0.1.0`, or `…/lab#queue@0.1.0`.
fn package_name(id: &str) -> &str {
    let (place, rest) = id.rsplit_once('#').unwrap_or(("", id));
    match rest.split_once('@') {
        Some((name, _)) => name,
        None => place.rsplit('/').next().unwrap_or(place),
    }
}

#[derive(Deserialize)]
struct Said {
    level: String,
    message: String,
    rendered: Option<String>,
    spans: Vec<Place>,
}

impl Said {
    fn into_error(self, target: String) -> CompileError {
        let places = self.spans.into_iter().filter(|place| place.is_primary).map(Place::written).collect();
        let rendered = self.rendered.unwrap_or_default();
        CompileError { target, message: self.message, rendered, places }
    }
}

impl Place {
    /// Where the macro was called that made this.
    fn written(self) -> Self {
        match self.expansion {
            Some(expansion) => expansion.span.written(),
            None => self,
        }
    }
}

/// Runs cargo, and reads its messages.
pub(crate) fn run(mut command: Command) -> Result<Built> {
    let output = command.output().context("cargo is needed; install Rust from https://rustup.rs")?;
    let lines = output.stdout.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"{"));
    let messages = lines
        .map(|line| serde_json::from_slice(line).context("cargo wrote a message we can't read"))
        .collect::<Result<_>>()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Ok(Built { success: output.status.success(), messages, said })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_has_its_name_behind_the_sign_or_in_its_folder() {
        assert_eq!(package_name("path+file:///lab/queue#0.1.0"), "queue");
        assert_eq!(package_name("path+file:///lab/a#queue@0.1.0"), "queue");
        assert_eq!(
            package_name("registry+https://github.com/rust-lang/crates.io-index#flume@0.12.0"),
            "flume"
        );
    }
}
