//! The crates that stand in for `std`, `core` and `test`, built over the real ones.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::build::{self, Message};

/// Where the stand-ins are, and where packages are built over them.
#[derive(Debug)]
pub struct StandIns {
    /// The rlibs by crate name: `simstd`, `simcore_same_layout`, `simtest`, `engine`.
    rlibs: BTreeMap<String, PathBuf>,
    /// The folder in which rustc finds what those depend on.
    deps: PathBuf,
    /// What cargo calls this machine.
    host: String,
    /// What packages are built in. Cargo does not notice when a crate behind `--extern` changes, so the
    /// folder's name has a hash of these crates.
    over: PathBuf,
    /// Whether the counts of an `Arc` are scheduling points.
    counts: bool,
}

/// What the stand-ins are to be able to do.
#[derive(Debug, Clone, Copy, Default)]
pub struct Abilities {
    /// Files, the environment and processes are the real ones.
    pub system: bool,
    /// The engine's allocator is the test programs'; not for those that have one of their own.
    pub heap: bool,
    /// The counts of an `Arc` are scheduling points, by a pass of LLVM's.
    pub counts: bool,
}

impl StandIns {
    /// Builds the stand-ins from the workbook at `root`, in `dir`. Those of other abilities have folders of their own there.
    ///
    /// # Errors
    /// Cargo can't build them, or `dir` can't be written.
    pub fn open(root: &Path, dir: &Path, abilities: Abilities) -> Result<Self> {
        let features: Vec<&str> = [("simstd/system", abilities.system), ("simtest/heap", abilities.heap)]
            .into_iter()
            .filter_map(|(feature, wanted)| wanted.then_some(feature))
            .collect();
        let dir = &if features.is_empty() {
            dir.to_owned()
        } else {
            dir.join(features.join("-").replace('/', "-"))
        };
        fs::create_dir_all(dir).with_context(|| format!("could not write to {}", dir.display()))?;
        let mut command = build::cargo();
        command.current_dir(root).args([
            "build",
            "--quiet",
            build::MESSAGES,
            "--profile",
            "sim",
            "--target-dir",
        ]);
        command.arg(dir.join("base"));
        command.args(["-p", "engine", "-p", "simstd", "-p", "simcore-same-layout", "-p", "simtest"]);
        if !features.is_empty() {
            command.args(["--features", &features.join(",")]);
        }
        let built = build::run(command)?;
        if !built.success {
            bail!("the simulated std could not be built; cargo says:\n{}", built.said);
        }
        let mut rlibs = BTreeMap::new();
        for message in &built.messages {
            if let Message { target: Some(target), filenames, .. } = message
                && let Some(rlib) = filenames.iter().find_map(|file| in_deps(file))
            {
                rlibs.insert(target.name.replace('-', "_"), rlib);
            }
        }
        let version = Command::new(rustc()).arg("-vV").output().context("could not start rustc")?;
        let version = String::from_utf8_lossy(&version.stdout).into_owned();
        let host = version.lines().find_map(|line| line.strip_prefix("host: "));
        let host = host.context("`rustc -vV` names no host")?.to_owned();
        let mut hasher = DefaultHasher::new();
        version.hash(&mut hasher);
        abilities.counts.hash(&mut hasher);
        for name in ["simstd", "simcore_same_layout", "simtest", "engine"] {
            let rlib = rlibs.get(name).with_context(|| format!("cargo built no `{name}`"))?;
            fs::read(rlib).with_context(|| format!("could not read {}", rlib.display()))?.hash(&mut hasher);
        }
        let deps = rlibs["simstd"].parent().context("a built crate is in no folder")?.to_owned();
        let over = dir.join(format!("over-{:016x}", hasher.finish()));
        for old in fs::read_dir(dir)?.filter_map(Result::ok) {
            if old.file_name().to_string_lossy().starts_with("over-") && old.path() != over {
                let _ = fs::remove_dir_all(old.path());
            }
        }
        Ok(Self { rlibs, deps, host, over, counts: abilities.counts })
    }

    /// The rlib of a crate that was built over the real std.
    ///
    /// # Panics
    /// It is none of the stand-ins, nor `engine`.
    pub fn rlib(&self, name: &str) -> &Path {
        &self.rlibs[name]
    }

    /// The folder in which rustc finds what the stand-ins depend on.
    pub fn deps(&self) -> &Path {
        &self.deps
    }

    /// The target directory of what is built over the stand-ins.
    pub fn target_dir(&self) -> &Path {
        &self.over
    }

    /// The target triple that has to be named, so that build scripts and procedural macros keep the real std.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// What rustc is told for every crate of a package.
    pub(crate) fn flags(&self) -> Vec<OsString> {
        let mut flags: Vec<OsString> = Vec::new();
        // Atomics as `core` has them are laid out as the real ones, since libraries cast to them.
        for (name, crate_name) in [("std", "simstd"), ("core", "simcore_same_layout"), ("test", "simtest")] {
            flags.push("--extern".into());
            flags.push(joined(name, "=", &self.rlibs[crate_name]));
        }
        flags.push("-L".into());
        flags.push(joined("dependency", "=", &self.deps));
        // A stand-in may earn a warning that the real one does not.
        flags.push("--cap-lints=warn".into());
        if self.counts {
            flags.extend(launcher::PASS.map(OsString::from));
        }
        flags
    }
}

fn joined(key: &str, between: &str, path: &Path) -> OsString {
    let mut argument = OsString::from(key);
    argument.push(between);
    argument.push(path);
    argument
}

/// The rustc that cargo uses.
pub(crate) fn rustc() -> OsString {
    std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())
}

/// The rlib in `deps/`: the one a level up is the same file under a name without its hash.
fn in_deps(file: &Path) -> Option<PathBuf> {
    let rlib = file.with_extension("rlib");
    (file.parent()?.ends_with("deps") && rlib.is_file()).then_some(rlib)
}
