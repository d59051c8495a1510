//! From a saved edit to its verdict: `cargo checker run` beside `cargo test -q` of the same crate, and from
//! a fresh clone to the first verdict.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use bench::{in_turn, time};
use walkdir::WalkDir;

const ROUNDS: usize = 9;
const EXERCISES: [&str; 3] = [
    "02-producer-consumer/bounded-squares",
    "04-fan-out-fan-in/sum-of-squares",
    "09-progress-tracking/progress-report",
];
/// Those whose solutions have orders below SeqCst.
const WITH_ORDERS: [&str; 2] = ["14-orders/notice-board", "14-orders/own-lock"];

fn main() {
    let workspace =
        Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("checker/bench is in a workspace");
    let folder = tempfile::tempdir().expect("a folder for the clone");
    let clone = Clone::of(workspace, folder.path());

    let first = time(|| clone.cargo(&["run", "-q", "-p", "checker", "--", "run", "sum-of-squares"], &[0]));
    println!("fresh clone to first verdict (crates already downloaded): {:.0} s", first.as_secs_f64());

    println!("\nan edit judged, {ROUNDS} times in turn; medians");
    println!("{:<18} {:>12} {:>12} {:>7}", "exercise", "checker", "cargo test", "ratio");
    for exercise in EXERCISES {
        let name = exercise.rsplit('/').next().expect("a path has a last part");
        let judge = || clone.cargo(&["checker", "run", name], &[0]);
        let test = || clone.cargo(&["test", "-q", "-p", name], &[0]);
        judge();
        test();
        let (a, b) = in_turn(
            ROUNDS,
            |round| {
                clone.edit(exercise, &format!("judged {round}"));
                judge();
            },
            |round| {
                clone.edit(exercise, &format!("tested {round}"));
                test();
            },
        );
        row(name, a, b);
    }

    println!(
        "\nan edit judged, with its memory orders and with SeqCst in their place, {ROUNDS} times in turn; medians"
    );
    println!("{:<18} {:>12} {:>12} {:>7}", "exercise", "orders", "SeqCst", "ratio");
    for exercise in WITH_ORDERS {
        let name = exercise.rsplit('/').next().expect("a path has a last part");
        let written = clone.source(exercise);
        let strong = ["Relaxed", "Acquire", "Release"].iter().fold(written.clone(), |text, order| {
            text.replace(&format!("Ordering::{order}"), "Ordering::SeqCst")
        });
        assert_ne!(written, strong, "{name} has no weaker orders");
        let judge = |text: &str, mark: &str| {
            clone.write(exercise, &format!("// {mark}\n{text}"));
            clone.cargo(&["checker", "run", name], &[0]);
        };
        judge(&written, "first");
        let (a, b) = in_turn(
            ROUNDS,
            |round| judge(&written, &format!("orders {round}")),
            |round| judge(&strong, &format!("strong {round}")),
        );
        row(name, a, b);
    }
}

fn row(name: &str, a: Duration, b: Duration) {
    let (a, b) = (a.as_secs_f64(), b.as_secs_f64());
    println!("{name:<18} {a:>10.2} s {b:>10.2} s {:>7.2}", a / b);
}

/// A copy of the workspace in which every exercise is solved.
struct Clone {
    root: PathBuf,
}

impl Clone {
    fn of(workspace: &Path, folder: &Path) -> Self {
        let root = folder.join("clone");
        let kept = WalkDir::new(workspace).into_iter().filter_entry(|e| {
            let name = e.file_name().to_string_lossy();
            e.depth() == 0 || !(name == "target" || name == ".git" || name == ".workbook")
        });
        for entry in kept.filter_map(Result::ok).filter(|e| e.file_type().is_file()) {
            let to = root.join(entry.path().strip_prefix(workspace).expect("it was walked from there"));
            fs::create_dir_all(to.parent().expect("a file has a folder")).expect("the clone can be written");
            fs::copy(entry.path(), to).expect("the clone can be written");
        }
        for exercise in EXERCISES.into_iter().chain(WITH_ORDERS) {
            let solution = root.join("solutions").join(exercise).join("src/lib.rs");
            fs::copy(solution, root.join("exercises").join(exercise).join("src/lib.rs"))
                .expect("a solution for each");
        }
        Self { root }
    }

    /// A new line at the top: rustc has to look at everything, since all lines have moved.
    fn edit(&self, exercise: &str, mark: &str) {
        self.write(exercise, &format!("// {mark}\n{}", self.source(exercise)));
    }

    fn source(&self, exercise: &str) -> String {
        fs::read_to_string(self.file(exercise)).expect("the exercise is there")
    }

    fn write(&self, exercise: &str, text: &str) {
        fs::write(self.file(exercise), text).expect("the clone can be written");
    }

    fn file(&self, exercise: &str) -> PathBuf {
        self.root.join("exercises").join(exercise).join("src/lib.rs")
    }

    fn cargo(&self, arguments: &[&str], codes: &[i32]) {
        let status = Command::new("cargo")
            .args(arguments)
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", self.root.join("target"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("cargo runs");
        assert!(status.code().is_some_and(|c| codes.contains(&c)), "cargo {arguments:?} ended with {status}");
    }
}
