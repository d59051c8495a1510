//! Runs the test suites that ship with crossbeam and rayon over simstd, under many schedules, and prints a
//! table for CONFORMANCE.md. We did not write these tests, so they know nothing of how simstd works.
//!
//! A suite is compiled as it was published, with three changes: its tests lose their `#[test]` and become
//! public, so that a root of ours can call each inside an execution; it is compiled with `--cfg miri`, by which
//! crossbeam scales its stress tests down itself; and `rand` is a stand-in whose numbers the schedule draws,
//! since the real one would ask the system. A test that its authors leave out under Miri is left out here.

mod suite;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use suite::Suite;
use walkdir::WalkDir;

const CRATES: [&str; 6] =
    ["crossbeam-channel", "crossbeam-utils", "crossbeam-queue", "crossbeam-deque", "rayon-core", "rayon"];

/// Schedules of each test, where they are cheap; see `root.rs`.
const SCHEDULES: &str = "100";

/// Files that can't run over simstd, and why.
const LEFT_OUT: [(&str, &str); 9] = [
    ("rayon/str.rs", "needs rand's distributions; its point is splitting text, not threads"),
    ("rayon-core/scoped_threadpool.rs", "needs the crate scoped-tls, which is not built over simstd"),
    (
        "crossbeam-channel/golang.rs",
        "counts allocations: its allocator's atomics would be points inside the scheduler",
    ),
    ("rayon-core/stack_overflow_crash.rs", "starts itself again as a process"),
    ("rayon/producer_split_at.rs", "takes minutes, and starts no thread"),
    ("rayon/sort-panic-safe.rs", "needs rand's distributions; its point is unwinding, not threads"),
    ("rayon/chars.rs", "compares every character there is; starts no thread of its own"),
    ("rayon/octillion.rs", "searches ranges of 10^27 numbers: minutes in a debug build"),
    ("rayon/debug.rs", "formats values; nothing concurrent"),
];

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<bool> {
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("checker/ is in a workspace")?;
    let base = Base::find(root)?;
    let sources = sources(root)?;
    let out = root.join("target/conformance");
    fs::create_dir_all(&out)?;
    base.compile_support(&out)?;
    println!("| suite | tests | passed | left out | not passed |\n|---|---|---|---|---|");
    let mut all_passed = true;
    for name in CRATES {
        let (version, folder) =
            sources.get(name).with_context(|| format!("{name} is not in the lock file"))?;
        let mut files: Vec<PathBuf> = WalkDir::new(folder.join("tests"))
            .max_depth(1)
            .into_iter()
            .filter_map(|e| Some(e.ok()?.into_path()))
            .filter(|p| p.extension().is_some_and(|e| e == "rs"))
            .collect();
        files.sort();
        for file in files {
            let label = format!("{name}/{}", file.file_name().unwrap_or_default().to_string_lossy());
            if let Some((_, why)) = LEFT_OUT.iter().find(|(f, _)| *f == label) {
                println!("| {label} {version} | | | all: {why} | |");
                continue;
            }
            let suite = Suite::read(&file)?;
            let outcome = base.judge(&suite, &label, &out)?;
            all_passed &= outcome.failed.is_empty();
            println!(
                "| {label} {version} | {} | {} | {} | {} |",
                suite.tests.len() + suite.left_out,
                outcome.passed,
                suite.left_out,
                outcome.failed.join("; ")
            );
        }
    }
    Ok(all_passed)
}

/// The version and folder of each dependency.
fn sources(root: &Path) -> Result<BTreeMap<String, (String, PathBuf)>> {
    let output =
        Command::new("cargo").args(["metadata", "--format-version", "1"]).current_dir(root).output()?;
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata is JSON")?;
    let packages = metadata["packages"].as_array().context("metadata lists packages")?;
    let source = |p: &Value| {
        let manifest = Path::new(p["manifest_path"].as_str()?).parent()?.to_owned();
        Some((p["name"].as_str()?.to_owned(), (p["version"].as_str()?.to_owned(), manifest)))
    };
    Ok(packages.iter().filter_map(source).collect())
}

struct Outcome {
    passed: usize,
    failed: Vec<String>,
}

/// What the checker has built.
struct Base {
    rlibs: BTreeMap<String, PathBuf>,
    search: Vec<PathBuf>,
}

impl Base {
    fn find(root: &Path) -> Result<Self> {
        // Builds the base if it is not there, or not up to date.
        let built = Command::new("cargo")
            .args(["run", "-q", "-p", "checker", "--", "run", "sum-of-squares", "--schedules", "1"])
            .current_dir(root)
            .output()?;
        if built.status.code().is_none_or(|code| code == 2) {
            bail!("the checker could not build its base:\n{}", String::from_utf8_lossy(&built.stderr));
        }
        let stamp = fs::read(root.join("target/sim/stamp.json")).context("the checker leaves a stamp")?;
        let stamp: Value = serde_json::from_slice(&stamp)?;
        let mut rlibs = BTreeMap::new();
        for kind in ["real", "simulated"] {
            for (name, path) in stamp["crates"][kind].as_object().context("the stamp lists crates")? {
                rlibs.insert(name.clone(), PathBuf::from(path.as_str().context("a crate has a path")?));
            }
        }
        let search = stamp["crates"]["search"].as_array().context("the stamp lists folders")?;
        let search = search.iter().filter_map(|p| Some(PathBuf::from(p.as_str()?))).collect();
        Ok(Self { rlibs, search })
    }

    fn rustc(&self, file: &Path, out: &Path, externs: &[&str]) -> Command {
        let mut command = Command::new("rustc");
        command.arg(file).arg("--out-dir").arg(out).args(["--cap-lints", "allow", "-C", "opt-level=1"]);
        command.args(["-C", "debug-assertions=on"]);
        for folder in &self.search {
            command.arg("-L").arg(format!("dependency={}", folder.display()));
        }
        command.arg("-L").arg(out);
        for name in externs {
            if let Some(path) = self.rlibs.get(*name) {
                command.arg("--extern").arg(format!("{name}={}", path.display()));
            }
        }
        command
    }

    /// Compiles the stand-in for `rand`, over the real std.
    fn compile_support(&self, out: &Path) -> Result<()> {
        let file = out.join("rand.rs");
        fs::write(&file, include_str!("rand.rs"))?;
        let mut command = self.rustc(&file, out, &["engine"]);
        succeed(command.args(["--edition", "2021", "--crate-type", "rlib"]))?;
        Ok(())
    }

    fn judge(&self, suite: &Suite, label: &str, out: &Path) -> Result<Outcome> {
        let name = label.replace(['/', '-', '.'], "_");
        let file = out.join(format!("{name}.rs"));
        fs::write(&file, &suite.text)?;
        // Some read their own source.
        fs::write(out.join(label.rsplit('/').next().unwrap_or(label)), &suite.text)?;
        let externs = [
            "std",
            "core",
            "crossbeam_channel",
            "crossbeam_utils",
            "crossbeam_queue",
            "crossbeam_deque",
            "crossbeam_epoch",
            "rayon",
            "rayon_core",
        ];
        let mut library = self.rustc(&file, out, &externs);
        library.args(["--edition", "2021", "--crate-type", "rlib", "--cfg", "miri", "--extern"]);
        library.arg(format!("rand={}", out.join("librand.rlib").display()));
        if let Err(error) = succeed(&mut library) {
            return Ok(Outcome { passed: 0, failed: vec![format!("does not compile: {error}")] });
        }
        let root = out.join(format!("{name}_root.rs"));
        fs::write(&root, suite.root(&name))?;
        let mut binary = self.rustc(&root, out, &["engine"]);
        binary.args(["--edition", "2021", "--extern"]);
        binary.arg(format!("{name}={}", out.join(format!("lib{name}.rlib")).display()));
        if let Err(error) = succeed(&mut binary) {
            return Ok(Outcome { passed: 0, failed: vec![format!("can't be called: {error}")] });
        }
        let output = Command::new("timeout")
            .args(["900"])
            .arg(out.join(format!("{name}_root")))
            .arg(SCHEDULES)
            .output()
            .context("could not start the suite")?;
        let text = String::from_utf8_lossy(&output.stdout);
        let passed = text.lines().filter(|l| l.starts_with("ok ")).count();
        let mut failed: Vec<String> =
            text.lines().filter_map(|l| l.strip_prefix("FAILED ")).map(str::to_owned).collect();
        if !output.status.success() {
            let last = text.lines().last().unwrap_or("nothing").to_owned();
            failed.push(format!("the suite ended with {} after: {last}", output.status));
        }
        Ok(Outcome { passed, failed })
    }
}

fn succeed(command: &mut Command) -> Result<()> {
    let output = command.output().context("could not start rustc")?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        let first = text.lines().find(|l| l.starts_with("error")).unwrap_or("no error was given");
        bail!("{first}");
    }
    Ok(())
}
