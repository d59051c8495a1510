//! The sources of published crates, as cargo gets them, and copies whose manifests ask for less.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use simcargo::StandIns;
use toml::{Table, Value as Toml};
use walkdir::WalkDir;

use crate::suites::{SUITES, Suite};

/// Where the published crates are.
pub(crate) struct Sources(BTreeMap<String, (String, PathBuf)>);

/// Fetches the crates of all suites.
pub(crate) fn sources(root: &Path, out: &Path) -> Result<Sources> {
    // Of crossbeam and rayon the versions that learners get.
    let mut sources = packages(root)?;
    let ours = out.join("sources");
    fs::create_dir_all(ours.join("src"))?;
    fs::write(ours.join("src/lib.rs"), "")?;
    let mut manifest = String::from(
        "[package]\nname = \"sources\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n",
    );
    for suite in SUITES {
        if let Some(version) = suite.version {
            writeln!(manifest, "{} = \"={version}\"", suite.name)?;
        }
    }
    fs::write(ours.join("Cargo.toml"), manifest)?;
    let pinned = packages(&ours)?;
    for suite in SUITES.iter().filter(|suite| suite.version.is_some()) {
        let found = pinned.get(suite.name).with_context(|| format!("cargo did not fetch {}", suite.name))?;
        sources.insert(suite.name.to_owned(), found.clone());
    }
    Ok(Sources(sources))
}

/// The version and folder of each package that cargo finds for a manifest.
fn packages(folder: &Path) -> Result<BTreeMap<String, (String, PathBuf)>> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1"])
        .current_dir(folder)
        .output()
        .context("could not start cargo")?;
    if !output.status.success() {
        bail!(
            "cargo could not fetch the crates whose suites are run:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata is JSON")?;
    let packages = metadata["packages"].as_array().context("metadata lists packages")?;
    let source = |package: &Value| {
        let folder = Path::new(package["manifest_path"].as_str()?).parent()?.to_owned();
        Some((package["name"].as_str()?.to_owned(), (package["version"].as_str()?.to_owned(), folder)))
    };
    Ok(packages.iter().filter_map(source).collect())
}

impl Sources {
    fn find(&self, name: &str) -> Result<&(String, PathBuf)> {
        self.0.get(name).with_context(|| format!("{name} is not in the lock file"))
    }

    pub(crate) fn version(&self, name: &str) -> Result<String> {
        Ok(self.find(name)?.0.clone())
    }

    /// The names of the files in its `tests/`.
    pub(crate) fn tests(&self, name: &str) -> Result<Vec<String>> {
        let files = WalkDir::new(self.find(name)?.1.join("tests")).max_depth(1).sort_by_file_name();
        let paths = files.into_iter().filter_map(|entry| Some(entry.ok()?.into_path()));
        let rust = paths.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
        Ok(rust.filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned())).collect())
    }

    /// A copy of the crate whose sources are as published, and whose manifest asks only for the
    /// dev-dependencies that its tests need. Gives the manifest.
    pub(crate) fn package(&self, suite: &Suite, out: &Path) -> Result<PathBuf> {
        let (version, published) = self.find(suite.name)?;
        // In a workspace of its own, below its root: rustc then gets paths with the package's name in them, by
        // which the engine knows a library.
        let member = format!("crates/{}-{version}", suite.name);
        let workspace = out.join("packages").join(suite.name);
        let copy = workspace.join(&member);
        for entry in WalkDir::new(published) {
            let entry = entry?;
            let path = copy.join(entry.path().strip_prefix(published)?);
            if entry.file_type().is_dir() {
                fs::create_dir_all(&path)?;
            } else if entry.file_name() != "Cargo.toml" && fs::read(&path).ok() != fs::read(entry.path()).ok()
            {
                fs::copy(entry.path(), &path)?;
            }
        }
        let mut manifest: Table = fs::read_to_string(published.join("Cargo.toml"))?.parse()?;
        for unneeded in ["bench", "example"] {
            manifest.remove(unneeded);
        }
        keep(&mut manifest, suite.keeps);
        if let Some(Toml::Table(targets)) = manifest.get_mut("target") {
            targets
                .iter_mut()
                .filter_map(|(_, target)| target.as_table_mut())
                .for_each(|it| keep(it, suite.keeps));
        }
        write_if_new(&copy.join("Cargo.toml"), &manifest.to_string())?;
        let members = format!("[workspace]\nresolver = \"2\"\nmembers = [\"{member}\"]\n");
        write_if_new(&workspace.join("Cargo.toml"), &members)?;
        Ok(copy.join("Cargo.toml"))
    }
}

/// Takes out all dev-dependencies but these.
fn keep(section: &mut Table, keeps: &[&str]) {
    if let Some(Toml::Table(dependencies)) = section.get_mut("dev-dependencies") {
        dependencies.retain(|name, _| keeps.contains(&name));
    }
}

/// Leaves a file alone that is as it should be, so that cargo does not build anew.
pub(crate) fn write_if_new(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).ok().as_deref() != Some(text) {
        fs::write(path, text).with_context(|| format!("could not write to {}", path.display()))?;
    }
    Ok(())
}

/// Compiles the stand-in for `rand`, over the real std. Gives what rustc is told to find it.
pub(crate) fn rand(stand_ins: &StandIns, out: &Path) -> Result<Vec<OsString>> {
    let file = out.join("rand.rs");
    fs::write(&file, include_str!("rand.rs"))?;
    let output = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .arg(&file)
        .args(["--edition", "2021", "--crate-type", "rlib", "-C", "opt-level=1", "--out-dir"])
        .arg(out)
        .arg("--extern")
        .arg(format!("engine={}", stand_ins.rlib("engine").display()))
        .arg("-L")
        .arg(format!("dependency={}", stand_ins.deps().display()))
        .output()
        .context("could not start rustc")?;
    if !output.status.success() {
        bail!("the stand-in for rand does not compile:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(vec!["--extern".into(), format!("rand={}", out.join("librand.rlib").display()).into()])
}
