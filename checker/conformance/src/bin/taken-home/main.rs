//! Runs `cargo checker explore` on twenty published crates, as they are published, and writes TAKEN-HOME.md.
//!
//! Six were asked for by name. The others are decided by a rule ([`drawn`]): whatever it draws is in the table.

mod page;
mod reasons;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Parser;
use conformance::process;
use serde_json::{Value, json};
use walkdir::WalkDir;

/// The crates that were asked for by name, before the first run.
const NAMED: [(&str, &str); 6] = [
    ("crossbeam-channel", "0.5.17"),
    ("threadpool", "1.8.1"),
    ("bus", "2.4.1"),
    ("flume", "0.12.0"),
    ("oneshot", "0.2.1"),
    ("event-listener", "5.4.2"),
];
/// How many more are drawn.
const DRAWN: usize = 14;
/// What starts a thread.
const STARTS: [&str; 3] = ["thread::spawn(", "thread::scope(", "thread::Builder::new("];
/// A crate whose exploration takes longer than the limit is explored again with so many schedules of each test.
const FEW: u64 = 10;

/// Explores the tests of twenty published crates.
///
/// What is found is kept in TAKEN-HOME.md: the rows of the crates that are not run stay as they are.
#[derive(Parser)]
struct Arguments {
    /// Run these crates; without a name, those that have no row yet
    #[arg(value_name = "CRATE")]
    crates: Vec<String>,
    /// Schedules of each test
    #[arg(long, default_value_t = 200)]
    schedules: u64,
    /// The limit for each crate, builds included
    #[arg(long, value_name = "SECS", default_value_t = 600)]
    limit: u64,
    /// Name the crates that were drawn, and run none
    #[arg(long)]
    list: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// A published crate.
struct Published {
    name: String,
    version: String,
    folder: PathBuf,
}

fn run(arguments: &Arguments) -> Result<()> {
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("checker/ is in a workspace")?;
    let own = root.join("target/taken-home");
    let mut crates = named(&own)?;
    crates.extend(drawn(root)?);
    if arguments.list {
        crates.iter().for_each(|it| println!("{} {}", it.name, it.version));
        return Ok(());
    }
    if let Some(name) = arguments.crates.iter().find(|name| !crates.iter().any(|it| it.name == **name)) {
        bail!("`{name}` is none of the twenty crates; --list names them");
    }
    let file = root.join("TAKEN-HOME.md");
    let read = || fs::read_to_string(&file).unwrap_or_default();
    let mut known = page::Known::read(&read());
    for it in &crates {
        let is_wanted = match arguments.crates.as_slice() {
            [] => !known.has(it),
            some => some.contains(&it.name),
        };
        if is_wanted {
            eprintln!("{} {}", it.name, it.version);
            let result = try_one(root, it, arguments)?;
            let folder = own.join(format!("{}-{}.json", it.name, it.version));
            fs::write(folder, serde_json::to_vec_pretty(&result)?)?;
            known.learn(it, &result)?;
        }
        // Each is kept as soon as it is known; the second part of the page is another command's.
        let page = known.page(&crates);
        fs::write(&file, page + &page::rest(&read()))?;
    }
    Ok(())
}

/// The crates that are named, as cargo fetches them.
fn named(folder: &Path) -> Result<Vec<Published>> {
    let own = folder.join("named");
    fs::create_dir_all(own.join("src"))?;
    fs::write(own.join("src/lib.rs"), "")?;
    let mut manifest = String::from(
        "[package]\nname = \"named\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n",
    );
    for (name, version) in NAMED {
        writeln!(manifest, "{name} = \"={version}\"")?;
    }
    fs::write(own.join("Cargo.toml"), manifest)?;
    let mut all = packages(&own)?;
    all.retain(|it| NAMED.contains(&(it.name.as_str(), it.version.as_str())));
    all.sort_by_key(|it| NAMED.iter().position(|(name, _)| *name == it.name));
    Ok(all)
}

/// Of all crates in the workbook's lock file those that start a thread in a file with a `#[test]`, without those that are
/// named; in the order of a hash of their names, the first fourteen. Of several versions the newest.
fn drawn(root: &Path) -> Result<Vec<Published>> {
    let mut crates: Vec<Published> = Vec::new();
    for it in packages(root)? {
        let is_named = NAMED.iter().any(|(name, _)| *name == it.name);
        if !is_named && has_tests_with_threads(&it.folder) {
            crates.retain(|other| other.name != it.name);
            crates.push(it);
        }
    }
    // FNV-1a: the same everywhere and for ever.
    let hash = |name: &str| {
        name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
    };
    crates.sort_by_key(|it| hash(&it.name));
    crates.truncate(DRAWN);
    Ok(crates)
}

/// The packages that cargo finds for a manifest, without those of its workspace.
fn packages(folder: &Path) -> Result<Vec<Published>> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1"])
        .current_dir(folder)
        .stderr(Stdio::inherit())
        .output()
        .context("could not start cargo")?;
    if !output.status.success() {
        bail!("cargo could not fetch the crates");
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata is JSON")?;
    let packages = metadata["packages"].as_array().context("metadata lists packages")?;
    let published = |package: &Value| {
        let text = |key: &str| Some(package[key].as_str()?.to_owned());
        text("source")?;
        let folder = Path::new(&text("manifest_path")?).parent()?.to_owned();
        Some(Published { name: text("name")?, version: text("version")?, folder })
    };
    Ok(packages.iter().filter_map(published).collect())
}

fn has_tests_with_threads(folder: &Path) -> bool {
    let files = WalkDir::new(folder).into_iter().filter_map(Result::ok);
    let mut rust = files.filter(|file| file.path().extension().is_some_and(|extension| extension == "rs"));
    rust.any(|file| {
        let text = fs::read_to_string(file.path()).unwrap_or_default();
        text.contains("#[test]") && STARTS.iter().any(|start| text.contains(start))
    })
}

/// Explores one crate, and runs its tests as cargo does.
fn try_one(root: &Path, it: &Published, arguments: &Arguments) -> Result<Value> {
    // Outside of the workbook, as a package of anybody's.
    let copy = std::env::temp_dir().join("taken-home").join(format!("{}-{}", it.name, it.version));
    for entry in WalkDir::new(&it.folder) {
        let entry = entry?;
        let path = copy.join(entry.path().strip_prefix(&it.folder)?);
        match entry.file_type().is_dir() {
            true => fs::create_dir_all(&path)?,
            false => drop(fs::copy(entry.path(), &path)?),
        }
    }
    let limit = Duration::from_secs(arguments.limit);
    let explore = |schedules: u64| {
        let mut command = Command::new("cargo");
        command.args(["run", "--quiet", "--profile", "start", "--package", "launcher", "--", "explore"]);
        command.args(["--format", "json", "--timeout", "10", "--schedules"]).arg(schedules.to_string());
        command.arg("--manifest-path").arg(copy.join("Cargo.toml")).current_dir(root);
        process::run(command, limit)
    };
    let mut schedules = arguments.schedules;
    let mut said = explore(schedules)?;
    if said.out_of_time && schedules > FEW {
        schedules = FEW;
        said = explore(schedules)?;
    }
    let explored: Value = serde_json::from_str(&said.out).unwrap_or(Value::Null);
    // Where the copy lies is of no interest.
    let words = said.err.replace(&copy.display().to_string(), &it.name);
    if explored.is_null() {
        let why = match said.out_of_time {
            true => format!(
                "even {FEW} schedules of each test take longer than {} minutes",
                arguments.limit.div_ceil(60)
            ),
            false => refusal(&words),
        };
        return Ok(json!({ "refused": why, "said": words }));
    }
    let test = |build: bool| {
        let mut command = Command::new("cargo");
        command.args(["test", "--quiet", "--lib", "--bins", "--tests", "--no-fail-fast"]).current_dir(&copy);
        command.args(build.then_some("--no-run"));
        command
    };
    process::run(test(true), limit)?;
    let cargo = process::run(test(false), limit)?;
    let cargo_ms = if cargo.out_of_time { Value::Null } else { json!(cargo.took_ms) };
    Ok(json!({
        "explored": explored,
        "each": schedules,
        "cargo_ms": cargo_ms,
        "cargo_passed": cargo.success,
        "said": words,
    }))
}

/// The first error in what the command says.
fn refusal(said: &str) -> String {
    let errors = said.lines().filter(|line| line.starts_with("error"));
    let told: Vec<&str> = errors.take(2).map(|line| line.trim_end_matches(':')).collect();
    told.join("; ").replace('|', "\\|").replace("error: ", "")
}
