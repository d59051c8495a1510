//! Packages in folders of their own, and the command run in them as its user runs it.

use std::fs;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A folder with a package or several.
pub struct Home(pub TempDir);

impl Home {
    pub fn new(files: &[(&str, &str)]) -> Self {
        let home = Self(TempDir::new().expect("a folder for temporary files"));
        files.iter().for_each(|(name, text)| home.write(name, text));
        home
    }

    /// A package of this library, which may have more files.
    pub fn package(library: &str, more: &[(&str, &str)]) -> Self {
        let home = Self::new(&[("Cargo.toml", &manifest("theirs", "2024")), ("src/lib.rs", library)]);
        more.iter().for_each(|(name, text)| home.write(name, text));
        home
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("it can be made");
        fs::write(path, text).expect("it can be written");
    }

    pub fn explore(&self, arguments: &str) -> Ended {
        self.explore_on(80, arguments)
    }

    /// On a terminal of so many columns.
    pub fn explore_on(&self, columns: usize, arguments: &str) -> Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_checker"));
        command.current_dir(self.0.path()).arg("explore").args(arguments.split_whitespace());
        command.env("COLUMNS", columns.to_string()).env_remove("CARGO").env_remove("CARGO_TARGET_DIR");
        Ended(command.output().expect("the checker starts"))
    }
}

pub fn manifest(name: &str, edition: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"{edition}\"\n")
}

pub struct Ended(Output);

impl Ended {
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }

    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.0.status.code(), Some(code), "{}\n--- stderr\n{}", self.stdout(), self.stderr());
        self
    }

    #[track_caller]
    pub fn shows(self, text: &str) -> Self {
        assert!(self.stdout().contains(text), "no `{text}` in\n{}\n{}", self.stdout(), self.stderr());
        self
    }

    #[track_caller]
    pub fn complains(self, text: &str) -> Self {
        let said = self.stderr().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(text), "no `{text}` in\n{}\n--- stdout\n{}", self.stderr(), self.stdout());
        self
    }

    /// What is said behind the name of a test, which may be on a line of its own.
    #[track_caller]
    pub fn says_of(self, test: &str, text: &str) -> Self {
        let stdout = self.stdout();
        let mut lines = stdout.lines().skip_while(|line| {
            line.trim_start_matches([' ', '✓', '✗', '?', '-']).split(' ').next() != Some(test)
        });
        let said = [lines.next().unwrap_or_default(), lines.next().unwrap_or_default()].join("\n");
        assert!(said.contains(text), "no `{text}` behind {test}:\n{stdout}\n{}", self.stderr());
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout()).expect("stdout is one JSON text and nothing else")
    }
}
