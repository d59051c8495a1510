//! A grading to be kept for years: submissions, records, rules, the course's own sources and the crates it needs, in one archive.

use super::people::People;
use super::plan::{Folder, Plan};
use super::record::Record;
use crate::course::Course;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};
use walkdir::WalkDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// The file at the top that says what the archive is.
pub const ABOUT: &str = "archive.json";
/// The grading's own folder in the archive, and the course's.
pub const GRADING: &str = "grading";
pub const COURSE: &str = "course";
/// Parts of a grading that are made from the others, some of them with names; or that are not decided yet.
const MADE: [&str; 9] =
    ["pages", "regrade", "shards", "jobs", "junit", "similarity", "class.csv", "canvas.csv", "moodle.csv"];

/// What an archive says of itself.
#[derive(Debug, Deserialize, Serialize)]
pub struct About {
    pub version: u32,
    pub release: String,
    /// The compilers of the records.
    pub toolchains: Vec<String>,
    /// Whether the crates are in it, so that nothing has to be loaded.
    pub vendored: bool,
    pub named: bool,
    /// SHA-256 of each other file.
    pub files: BTreeMap<String, String>,
}

impl About {
    pub const VERSION: u32 = 1;
}

/// What to put in.
pub struct Contents<'a> {
    pub to: &'a Path,
    /// Whether the crates that the course needs go along.
    pub vendor: bool,
    /// Whether the one file with keys and names goes along.
    pub people: bool,
}

/// Writes the archive; returns how many files are in it. The same grading gives the same bytes.
///
/// # Errors
/// If a verdict is missing, the crates can't be had, or the disk says no.
pub fn write(course: &Course, folder: &Folder, contents: &Contents<'_>) -> Result<usize> {
    let plan = Plan::read(folder)?;
    let mut files: BTreeMap<String, PathBuf> = BTreeMap::new();
    collect(&folder.0, GRADING, &mut files, |name| !MADE.contains(&name))?;
    for path in course.files()? {
        let name = format!("{COURSE}/{}", path.to_string_lossy().replace('\\', "/"));
        files.insert(name, course.root.join(path));
    }
    let vendored = tempfile::tempdir().context("there is no space for a temporary folder")?;
    if !contents.people {
        let nameless = vendored.path().join("people.json");
        fs::write(&nameless, serde_json::to_vec_pretty(&People::read(folder)?.nameless())?)
            .context("there is no space for a temporary file")?;
        files.insert(format!("{GRADING}/people.json"), nameless);
    }
    if contents.vendor {
        vendor(course, vendored.path())?;
        collect(&vendored.path().join("vendor"), &format!("{COURSE}/vendor"), &mut files, |_| true)?;
        let config = cargo_config(course, &vendored.path().join("config.toml"))?;
        files.insert(format!("{COURSE}/.cargo/config.toml"), config);
    }
    let about = about(&plan, folder, contents, &files)?;
    let new = contents.to.with_extension("new");
    let written = put_all(&new, &about, &files);
    written.with_context(|| format!("could not write {}", contents.to.display()))?;
    fs::rename(&new, contents.to).with_context(|| format!("could not make {}", contents.to.display()))?;
    Ok(files.len() + 1)
}

/// Adds every file below `dir`, under `name` in the archive.
fn collect(
    dir: &Path,
    name: &str,
    files: &mut BTreeMap<String, PathBuf>,
    wanted: impl Fn(&str) -> bool,
) -> Result<()> {
    let walk = WalkDir::new(dir).sort_by_file_name().into_iter();
    let at_top = |it: &walkdir::DirEntry| it.depth() != 1 || wanted(&it.file_name().to_string_lossy());
    for entry in walk.filter_entry(at_top) {
        let entry = entry.with_context(|| format!("could not read {}", dir.display()))?;
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(dir)?.to_string_lossy().replace('\\', "/");
            files.insert(format!("{name}/{path}"), entry.into_path());
        }
    }
    Ok(())
}

fn vendor(course: &Course, to: &Path) -> Result<()> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(&course.root).args(["vendor", "--quiet", "--versioned-dirs"]).arg(to.join("vendor"));
    let output = cargo.stdin(Stdio::null()).output().context("cargo is needed to get the crates")?;
    if !output.status.success() {
        bail!(
            "cargo could not get the crates that the course needs:\n{}\n\
             connect to the network and try again, or leave them out with `--no-vendor`",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    // A course without crates has nothing to vendor.
    fs::create_dir_all(to.join("vendor")).context("there is no space for the crates")
}

/// Cargo's settings for a course whose crates lie beside it: its own, and that nothing is loaded.
fn cargo_config(course: &Course, to: &Path) -> Result<PathBuf> {
    let own = fs::read_to_string(course.root.join(".cargo").join("config.toml")).unwrap_or_default();
    let more = "\n[source.crates-io]\nreplace-with = \"vendored\"\n\n[source.vendored]\ndirectory = \"vendor\"\n\n[net]\noffline = true\n";
    fs::write(to, own + more).context("there is no space for cargo's settings")?;
    Ok(to.to_owned())
}

fn about(
    plan: &Plan,
    folder: &Folder,
    contents: &Contents<'_>,
    files: &BTreeMap<String, PathBuf>,
) -> Result<About> {
    let mut toolchains = std::collections::BTreeSet::new();
    for (place, planned, _) in plan.jobs() {
        let path = folder.verdicts().join(place.file());
        if !path.exists() && !plan.is_latest(planned) {
            continue;
        }
        let bytes = fs::read(&path).with_context(|| {
            format!(
                "{} has no verdict on {} yet; `cargo checker grade run` judges it",
                place.id, place.exercise
            )
        })?;
        toolchains.insert(Record::read(&bytes)?.made_by.toolchain);
    }
    let digest = |(name, path): (&String, &PathBuf)| Ok((name.clone(), digest(&read(path)?)));
    Ok(About {
        version: About::VERSION,
        release: plan.release.clone(),
        toolchains: toolchains.into_iter().collect(),
        vendored: contents.vendor,
        named: contents.people,
        files: files.iter().map(digest).collect::<Result<_>>()?,
    })
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("could not read {}", path.display()))
}

fn digest(bytes: &[u8]) -> String {
    super::hex(&Sha256::digest(bytes))
}

fn put_all(to: &Path, about: &About, files: &BTreeMap<String, PathBuf>) -> Result<()> {
    let mut zip = ZipWriter::new(File::create(to)?);
    // No times of this machine: the same grading gives the same bytes.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let options = options.last_modified_time(zip::DateTime::default());
    zip.start_file(ABOUT, options)?;
    zip.write_all(&serde_json::to_vec_pretty(about)?)?;
    for (name, path) in files {
        zip.start_file(name.as_str(), options)?;
        zip.write_all(&read(path)?)?;
    }
    zip.finish()?;
    Ok(())
}

/// Unpacks an archive of ours into `to`, and holds each file to its digest.
///
/// # Errors
/// If it is none, or a file is missing, is not what it was, or leads elsewhere.
pub fn unpack(archive: &Path, to: &Path) -> Result<About> {
    let file = File::open(archive).with_context(|| format!("could not read {}", archive.display()))?;
    let none = || format!("{} is not an archive of `grade archive`", archive.display());
    let mut zip = ZipArchive::new(file).with_context(none)?;
    let mut text = String::new();
    zip.by_name(ABOUT).with_context(none)?.read_to_string(&mut text).with_context(none)?;
    let about: About = serde_json::from_str(&text).with_context(none)?;
    if about.version != About::VERSION {
        bail!("{} is of version {}; this checker reads {}", archive.display(), about.version, About::VERSION);
    }
    for (name, wanted) in &about.files {
        let path = Path::new(name);
        if path.components().any(|part| !matches!(part, Component::Normal(_))) {
            bail!("the path {name} leads out of the archive");
        }
        let mut bytes = Vec::new();
        let mut member = zip.by_name(name).with_context(|| format!("{name} is missing from the archive"))?;
        member.read_to_end(&mut bytes).with_context(|| format!("{name} can't be unpacked"))?;
        if digest(&bytes) != *wanted {
            bail!("{name} has changed since it was archived: its digest differs");
        }
        let path = to.join(path);
        let dir = path.parent().unwrap_or(to);
        fs::create_dir_all(dir).with_context(|| format!("could not make {}", dir.display()))?;
        fs::write(&path, bytes).with_context(|| format!("could not write {}", path.display()))?;
    }
    Ok(about)
}
