//! The packages to explore, as cargo describes them: which there are, and what of them can't be run.

use crate::course::unknown;
use crate::explore::doctests;
use crate::verdict::explored::NotRun;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use simcargo::Program;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use toml::Table;

/// The chosen packages of a workspace, which may be of one.
pub struct Workspace {
    /// The manifest that cargo is given.
    pub manifest: PathBuf,
    /// From where rustc's paths are.
    pub root: PathBuf,
    pub members: Vec<Member>,
}

/// A package.
pub struct Member {
    pub name: String,
    pub dir: PathBuf,
    targets: Vec<Target>,
    /// Names of test targets with `harness = false`: programs with a `main` of their own.
    without_harness: Vec<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_members: Vec<String>,
    #[serde(default)]
    workspace_default_members: Vec<String>,
    workspace_root: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    id: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
    src_path: PathBuf,
    #[serde(default)]
    doctest: bool,
    #[serde(default)]
    test: bool,
}

impl Workspace {
    /// Finds the packages with these names, or those that cargo would test, from the manifest or from the current folder.
    ///
    /// # Errors
    /// If there is no manifest, cargo can't read it, or a name is unknown.
    pub fn find(manifest: Option<&Path>, here: &Path, names: &[String]) -> Result<Workspace> {
        let manifest = match manifest {
            Some(given) => given_manifest(&here.join(given))?,
            None => nearest_manifest(here)?,
        };
        let mut command = Command::new(launcher::cargo());
        command.current_dir(manifest.parent().unwrap_or(here));
        command.args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"]).arg(&manifest);
        let output = command.output().context("cargo is needed; install Rust from https://rustup.rs")?;
        if !output.status.success() {
            bail!(
                "cargo can't read {}:\n{}",
                manifest.display(),
                String::from_utf8_lossy(&output.stderr).trim_end()
            );
        }
        let metadata: Metadata = serde_json::from_slice(&output.stdout)
            .context("cargo described the package in a way we can't read")?;
        let Metadata { packages, workspace_members, workspace_default_members, workspace_root } = metadata;
        let is_chosen = |package: &&Package| match names {
            [] if workspace_default_members.is_empty() => workspace_members.contains(&package.id),
            [] => workspace_default_members.contains(&package.id),
            names => names.contains(&package.name),
        };
        if let Some(name) = names.iter().find(|name| packages.iter().all(|package| package.name != **name)) {
            let mut known: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
            known.sort_unstable();
            let advice = format!("the workspace at {} has {}", workspace_root.display(), known.join(", "));
            return Err(unknown("package", name, known.into_iter(), &advice));
        }
        let members: Vec<Member> =
            packages.iter().filter(is_chosen).map(Member::of).collect::<Result<_>>()?;
        if members.is_empty() {
            bail!("the workspace at {} has no packages", workspace_root.display());
        }
        Ok(Workspace { manifest, root: workspace_root, members })
    }

    /// Leaves the package alone that has the program `name`.
    ///
    /// # Errors
    /// If none has.
    pub fn only_with_program(&mut self, name: &str) -> Result<()> {
        let programs = |member: &Member| -> Vec<String> {
            let is_program = |target: &&Target| target.kind.iter().any(|kind| kind == "bin");
            member.targets.iter().filter(is_program).map(|target| target.name.clone()).collect()
        };
        let all: Vec<String> = self.members.iter().flat_map(programs).collect();
        if !all.iter().any(|known| known == name) {
            let advice = match all.as_slice() {
                [] => format!("{} has no program, so leave out --bin to explore its tests", self.named()),
                some => format!("{} has {}", self.named(), some.join(", ")),
            };
            return Err(unknown("program", name, all.iter().map(String::as_str), &advice));
        }
        self.members.retain(|member| programs(member).iter().any(|known| known == name));
        self.members.truncate(1);
        Ok(())
    }

    /// Its packages, for a sentence.
    pub fn named(&self) -> String {
        match self.members.as_slice() {
            [one] => format!("`{}`", one.name),
            some => format!("{} packages", some.len()),
        }
    }

    /// A name that no other workspace has, wherever it is.
    pub fn key(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.root.hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }

    /// Whether its tests compile over the real std. What that takes is built in `folder`.
    pub fn compiles(&self, arguments: &[String], folder: &Path) -> Result<bool> {
        let mut command = Command::new(launcher::cargo());
        command.current_dir(self.manifest.parent().unwrap_or(&self.root));
        command.args(["check", "--quiet", "--tests", "--manifest-path"]).arg(&self.manifest);
        command.arg("--target-dir").arg(folder.join(self.key())).args(arguments);
        for member in &self.members {
            command.args(["-p", &member.name]);
        }
        let output = command.output().context("cargo is needed; install Rust from https://rustup.rs")?;
        Ok(output.status.success())
    }

    /// Whether the program is a test target with a `main` of its own.
    pub fn is_without_harness(&self, program: &Program) -> bool {
        let is_own = |member: &&Member| member.name == program.package;
        program.kind == "test"
            && self.members.iter().find(is_own).is_some_and(|it| it.without_harness.contains(&program.name))
    }

    /// What `cargo test` would run, and we don't.
    pub fn not_run(&self) -> Vec<NotRun> {
        self.members.iter().flat_map(Member::not_run).collect()
    }
}

fn given_manifest(path: &Path) -> Result<PathBuf> {
    let file = if path.is_dir() { path.join("Cargo.toml") } else { path.to_owned() };
    if !file.is_file() {
        bail!("there is no file {}\n--manifest-path takes the Cargo.toml of a package", file.display());
    }
    file.canonicalize().with_context(|| format!("could not read {}", file.display()))
}

fn nearest_manifest(here: &Path) -> Result<PathBuf> {
    let mut folders = here.ancestors().map(|folder| folder.join("Cargo.toml"));
    folders.find(|file| file.is_file()).with_context(|| {
        format!(
            "no Cargo.toml in {} or above it\n\
             go to the package whose tests you want to explore, or name it: --manifest-path FOLDER/Cargo.toml",
            here.display()
        )
    })
}

impl Member {
    fn of(package: &Package) -> Result<Member> {
        let dir = package.manifest_path.parent().context("a manifest is in a folder")?.to_owned();
        let text = fs::read_to_string(&package.manifest_path)
            .with_context(|| format!("could not read {}", package.manifest_path.display()))?;
        let manifest: Table =
            text.parse().with_context(|| format!("in {}", package.manifest_path.display()))?;
        let targets = package.targets.iter().map(|it| Target {
            name: it.name.clone(),
            kind: it.kind.clone(),
            src_path: it.src_path.clone(),
            doctest: it.doctest,
            test: it.test,
        });
        let (name, targets) = (package.name.clone(), targets.collect());
        Ok(Member { name, dir, targets, without_harness: without_harness(&manifest) })
    }

    fn not_run(&self) -> Vec<NotRun> {
        let mut parts = Vec::new();
        let mut add = |what: String, why: &str| parts.push(NotRun { what, why: why.to_owned() });
        for name in &self.without_harness {
            add(format!("{}, tests/{name}", self.name), "has `harness = false`, so it has its own `main`");
        }
        for target in &self.targets {
            let is = |kind: &str| target.kind.iter().any(|it| it == kind);
            if is("proc-macro") && target.test {
                add(
                    format!("{}, unit tests", self.name),
                    "is a procedural macro: it runs inside rustc, over the real std",
                );
            } else if target.doctest {
                for doctest in doctests::in_library(&target.src_path, &self.programs()) {
                    let file = doctest.file.strip_prefix(&self.dir).unwrap_or(&doctest.file);
                    add(format!("{}, {}:{}", self.name, file.display(), doctest.line), "is a doctest");
                }
            }
        }
        parts
    }

    /// The roots of its other targets: they may lie beside the library's files.
    fn programs(&self) -> Vec<&Path> {
        let others = self.targets.iter().filter(|target| !target.doctest);
        others.map(|target| target.src_path.as_path()).collect()
    }
}

/// The test targets of a manifest that have `harness = false`.
fn without_harness(manifest: &Table) -> Vec<String> {
    let tests = manifest.get("test").and_then(|tests| tests.as_array());
    let named = |test: &toml::Value| {
        let is_without = test.get("harness").and_then(toml::Value::as_bool) == Some(false);
        let name = test
            .get("name")
            .and_then(toml::Value::as_str)
            .or_else(|| Path::new(test.get("path")?.as_str()?).file_stem()?.to_str());
        name.filter(|_| is_without).map(str::to_owned)
    };
    tests.into_iter().flatten().filter_map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_without_a_harness_is_known_by_its_manifest() {
        let manifest = "[[test]]\nname = \"own\"\nharness = false\n[[test]]\nname = \"usual\"\n";
        assert_eq!(without_harness(&manifest.parse().unwrap()), ["own"]);
    }
}
