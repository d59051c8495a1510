//! Three made-up versions of a course, and learners who have the first one.

use crate::update::remember;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

pub(super) const ALPHA: &str = "exercises/01-letters/alpha/src/lib.rs";
pub(super) const BETA: &str = "exercises/01-letters/beta/src/lib.rs";
pub(super) const GAMMA: &str = "exercises/01-letters/gamma/src/lib.rs";

pub(super) type Files = BTreeMap<String, String>;

/// Version 1, 2 or 3 of the course.
pub(super) fn version(number: u32) -> Files {
    let mut files = Files::new();
    let mut put = |path: &str, text: String| drop(files.insert(path.to_owned(), text));
    put(
        "Cargo.toml",
        format!("[workspace]\nresolver = \"3\"\n[workspace.package]\nversion = \"0.{number}.0\"\n"),
    );
    put(".gitignore", "/.workbook\n/target\n*.yours\n*.yours-*\n/exercises/*/*/src.new/\n".to_owned());
    put("README.md", format!("The course.\n{}", if number == 3 { "Now with figures.\n" } else { "" }));
    put("checker/harness/src/lib.rs", format!("//! Version {number}.\n"));
    put("lessons/01-letters/README.md", format!("# Letters, edition {number}\n"));
    put("lessons/glossary.md", "# Words\n".to_owned());
    if number == 1 {
        put("lessons/01-letters/aside.md", "An aside.\n".to_owned());
    }
    let last = if number == 3 { "gamut" } else { "gamma" };
    let names: &[&str] =
        if number == 2 { &["alpha", "beta", last, "delta"] } else { &["alpha", "beta", last] };
    for name in names {
        let dir = format!("exercises/01-letters/{name}");
        let formerly = if *name == "gamut" { "formerly = [\"gamma\"]\n" } else { "" };
        put(
            &format!("{dir}/Cargo.toml"),
            format!(
                "[package]\nname = \"{name}\"\nedition = \"2024\"\n[package.metadata.workbook]\ntitle = \"{name}\"\n\
                 lesson = 1\norder = 1\npoints = 10\nminutes = 5\n{formerly}"
            ),
        );
        let clause =
            if *name == "alpha" && number >= 2 { "It is a capital letter." } else { "It is a letter." };
        put(&format!("{dir}/README.md"), format!("# {name}\n\n## Contract\n\n1. {clause}\n"));
        let checks = if *name == "alpha" { number.min(2) } else { 1 };
        put(&format!("{dir}/tests/checks.rs"), format!("//! Checks, edition {checks}.\n"));
        let argument = if *name == "beta" && number >= 2 { "of: usize" } else { "" };
        let stub = format!("//! {name}.\n\npub fn letter({argument}) -> char {{\n    todo!()\n}}\n");
        for folder in ["src", ".stub"] {
            put(&format!("{dir}/{folder}/lib.rs"), stub.clone());
            put(&format!("{dir}/{folder}/main.rs"), "fn main() {}\n".to_owned());
        }
    }
    files
}

pub(super) fn write_all(root: &Path, files: &Files) {
    for (path, text) in files {
        write(root, path, text);
    }
}

pub(super) fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

pub(super) fn read(root: &Path, path: &str) -> String {
    fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(super) fn git(root: &Path, arguments: &[&str]) -> String {
    let mut git = Command::new("git");
    git.current_dir(root).args(["-c", "user.name=n", "-c", "user.email=n@example.org"]).args(arguments);
    git.env("GIT_CONFIG_GLOBAL", "/dev/null");
    let output = git.output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

/// Everything in `root` that is no bookkeeping.
pub(super) fn contents(root: &Path) -> Files {
    let mut files = Files::new();
    for entry in walkdir::WalkDir::new(root) {
        let entry = entry.unwrap();
        let path = entry.path().strip_prefix(root).unwrap();
        let is_bookkeeping = path.starts_with(".git") || path.starts_with(".workbook");
        if entry.file_type().is_file() && !is_bookkeeping {
            files.insert(path.to_str().unwrap().to_owned(), fs::read_to_string(entry.path()).unwrap());
        }
    }
    files
}

/// A course with its history, and a learner's clone of its first version.
pub(super) struct World {
    pub(super) folder: TempDir,
}

impl World {
    pub(super) fn new() -> World {
        let world = World { folder: TempDir::new().unwrap() };
        let course = world.course();
        fs::create_dir_all(&course).unwrap();
        git(&course, &["init", "-q", "-b", "main"]);
        world.publish(1);
        git(world.folder.path(), &["clone", "-q", "course", "mine"]);
        world
    }

    pub(super) fn course(&self) -> PathBuf {
        self.folder.path().join("course")
    }

    pub(super) fn mine(&self) -> PathBuf {
        self.folder.path().join("mine")
    }

    pub(super) fn publish(&self, number: u32) {
        let course = self.course();
        for path in contents(&course).keys() {
            fs::remove_file(course.join(path)).unwrap();
        }
        write_all(&course, &version(number));
        git(&course, &["add", "-A"]);
        git(&course, &["commit", "-qm", &format!("version {number}")]);
    }

    /// The first version, unpacked from an archive and used once, in the place of the clone.
    pub(super) fn with_an_archive() -> World {
        let world = World::new();
        fs::remove_dir_all(world.mine()).unwrap();
        write_all(&world.mine(), &version(1));
        remember(&world.mine(), "0.1.0");
        world
    }

    /// Version `number`, unpacked beside the workbook.
    pub(super) fn unpack(&self, number: u32) -> PathBuf {
        let folder = self.folder.path().join(format!("workbook-{number}"));
        write_all(&folder, &version(number));
        folder
    }
}
