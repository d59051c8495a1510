//! A workbook of its own for each test, and the checker run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// A copy of `tests/fixture`.
pub struct Workbook {
    dir: TempDir,
}

impl Workbook {
    pub fn new() -> Workbook {
        let dir = TempDir::new().unwrap();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixture"), dir.path());
        Workbook { dir }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    /// Has the learner of `exercise` write a function `at` with this body.
    pub fn learner_writes(&self, exercise: &str, body: &str) {
        let source = format!("//! Greetings.\n\npub fn at(check: &str) -> &'static str {{\n    {body}\n}}\n");
        self.write(&format!("exercises/01-greeting/{exercise}/src/lib.rs"), source);
    }

    /// `cargo checker` with these arguments, separated by spaces.
    pub fn checker(&self, arguments: &str) -> TestCommand {
        let mut command = Command::new(env!("CARGO_BIN_EXE_checker"));
        command.current_dir(self.dir.path()).args(arguments.split_whitespace());
        // Built once and then found by the other tests: the key of the base is what it is made from.
        command.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixture"));
        command.env("COLUMNS", "80");
        for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            command.env_remove(variable);
        }
        TestCommand { command }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

pub struct TestCommand {
    command: Command,
}

impl TestCommand {
    pub fn env(mut self, variable: &str, value: impl AsRef<std::ffi::OsStr>) -> TestCommand {
        self.command.env(variable, value);
        self
    }

    pub fn env_remove(mut self, variable: &str) -> TestCommand {
        self.command.env_remove(variable);
        self
    }

    pub fn current_dir(mut self, dir: impl AsRef<Path>) -> TestCommand {
        self.command.current_dir(dir);
        self
    }

    /// The same on one processor, where the system can say so.
    pub fn one_processor(self) -> TestCommand {
        let found = Command::new("taskset").arg("--version").output().is_ok_and(|it| it.status.success());
        if found { self.behind(&["taskset", "-c", "0"]) } else { self }
    }

    /// The same where a program may have so many KiB of memory.
    #[cfg(target_os = "linux")]
    pub fn memory(self, kib: u64) -> TestCommand {
        let limited = format!("ulimit -v {kib} && exec \"$@\"");
        self.behind(&["bash", "-c", &limited, "bash"])
    }

    /// The same, started by another program.
    fn behind(self, before: &[&str]) -> TestCommand {
        let mut command = Command::new(before[0]);
        command.args(&before[1..]).arg(self.command.get_program()).args(self.command.get_args());
        if let Some(dir) = self.command.get_current_dir() {
            command.current_dir(dir);
        }
        for (name, value) in self.command.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        TestCommand { command }
    }

    pub fn start(mut self) -> Child {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    #[track_caller]
    pub fn run(mut self) -> Ended {
        Ended(self.command.output().unwrap())
    }
}

/// What the checker did.
pub struct Ended(pub Output);

impl Ended {
    /// Holds the checker to its exit status: 0 all passed, 1 a check failed, 2 trouble.
    #[track_caller]
    pub fn exits(self, code: i32) -> Ended {
        assert_eq!(self.0.status.code(), Some(code), "{}\n--- stderr\n{}", self.stdout(), self.stderr());
        self
    }

    #[track_caller]
    pub fn shows(self, text: &str) -> Ended {
        assert!(
            self.stdout().contains(text),
            "no `{text}` in stdout:\n{}\n--- stderr\n{}",
            self.stdout(),
            self.stderr()
        );
        self
    }

    #[track_caller]
    pub fn complains(self, text: &str) -> Ended {
        // Where a line breaks depends on how long the name of the temporary folder is.
        let said = self.stderr().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(text), "no `{text}` in stderr:\n{}", self.stderr());
        self
    }

    pub fn stdout(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    pub fn stderr(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    /// Stdout without what differs from run to run: how long it took.
    pub fn screen(&self) -> String {
        let text = self.stdout();
        let is_time = |word: &str| word.parse::<f64>().is_ok() && word.contains('.');
        let lines = text.lines().map(|line| match line.rsplit_once(" · ") {
            Some((head, tail)) if tail.strip_suffix(" s").is_some_and(is_time) => format!("{head} · [time]"),
            _ => line.to_owned(),
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout()).expect("stdout has one JSON text and nothing else")
    }
}
