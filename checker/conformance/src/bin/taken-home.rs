//! Runs `cargo checker explore` on twenty published crates, as they are published, and writes TAKEN-HOME.md.
//!
//! Six were asked for by name. The others are decided by a rule ([`drawn`]): whatever it draws is in the table.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Parser;
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
/// A crate may take so long, its build not counted.
const LIMIT: Duration = Duration::from_secs(600);

/// Explores the tests of twenty published crates.
///
/// What is known of a crate is kept in target/taken-home, so that the command can be ended and started again. The page is
/// written from what is known.
#[derive(Parser)]
struct Arguments {
    /// Run this crate alone
    #[arg(long, value_name = "CRATE")]
    only: Option<String>,
    /// Schedules of each test
    #[arg(long, default_value_t = 200)]
    schedules: u64,
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
    let results = root.join("target/taken-home");
    fs::create_dir_all(&results)?;
    let mut crates = named(&results)?;
    crates.extend(drawn(root)?);
    if arguments.list {
        crates.iter().for_each(|it| println!("{} {}", it.name, it.version));
        return Ok(());
    }
    let wanted = |it: &&Published| arguments.only.as_ref().is_none_or(|only| *only == it.name);
    for it in crates.iter().filter(wanted) {
        let file = results.join(format!("{}-{}.json", it.name, it.version));
        if file.is_file() && arguments.only.is_none() {
            continue;
        }
        eprintln!("{} {}", it.name, it.version);
        let result = try_one(root, it, arguments.schedules)?;
        fs::write(&file, serde_json::to_vec_pretty(&result)?)?;
    }
    let known = |it: &Published| -> Option<Value> {
        serde_json::from_slice(&fs::read(results.join(format!("{}-{}.json", it.name, it.version))).ok()?).ok()
    };
    fs::write(root.join("TAKEN-HOME.md"), page(&crates, arguments.schedules, known)?)?;
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
fn try_one(root: &Path, it: &Published, schedules: u64) -> Result<Value> {
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
    let mut command = Command::new("cargo");
    command.args(["run", "--quiet", "--profile", "start", "--package", "launcher", "--", "explore"]);
    command.args(["--format", "json", "--timeout", "30", "--schedules"]).arg(schedules.to_string());
    command.arg("--manifest-path").arg(copy.join("Cargo.toml")).current_dir(root);
    let (took, said) = timed(command)?;
    let explored: Value = serde_json::from_str(&said.out).unwrap_or(Value::Null);
    if explored.is_null() {
        let why = match said.out_of_time {
            true => format!("took longer than {} minutes", LIMIT.as_secs() / 60),
            // Where the copy lies is of no interest.
            false => refusal(&said.err.replace(&copy.display().to_string(), &it.name)),
        };
        return Ok(json!({ "refused": why, "took_ms": took }));
    }
    let test = |build: bool| {
        let mut command = Command::new("cargo");
        command.args(["test", "--quiet", "--lib", "--bins", "--tests", "--no-fail-fast"]).current_dir(&copy);
        command.args(build.then_some("--no-run"));
        command
    };
    timed(test(true))?;
    let (took, said) = timed(test(false))?;
    let cargo = if said.out_of_time { Value::Null } else { json!(took) };
    Ok(json!({ "explored": explored, "cargo_ms": cargo, "cargo_passed": said.success }))
}

struct Said {
    out: String,
    err: String,
    success: bool,
    out_of_time: bool,
}

/// Runs a command, and ends it if it takes too long. How many milliseconds it took.
fn timed(mut command: Command) -> Result<(u64, Said)> {
    let begun = Instant::now();
    let folder = tempfile::tempdir()?;
    let (out, err) = (folder.path().join("out"), folder.path().join("err"));
    command.stdin(Stdio::null()).stdout(fs::File::create(&out)?).stderr(fs::File::create(&err)?);
    let mut child = command.spawn().context("could not start cargo")?;
    let (mut out_of_time, mut success) = (false, false);
    loop {
        if let Some(status) = child.try_wait()? {
            success = status.success();
            break;
        }
        if begun.elapsed() > LIMIT {
            out_of_time = true;
            child.kill()?;
            child.wait()?;
            break;
        }
        thread::sleep(Duration::from_millis(20));
    }
    let read = |file: &Path| fs::read(file).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok((took, Said { out: read(&out)?, err: read(&err)?, success, out_of_time }))
}

/// The first error in what the command says.
fn refusal(said: &str) -> String {
    let errors = said.lines().filter(|line| line.starts_with("error"));
    let told: Vec<&str> = errors.take(2).map(|line| line.trim_end_matches(':')).collect();
    told.join("; ").replace('|', "\\|").replace("error: ", "")
}

/// The page, from what is known.
fn page(crates: &[Published], schedules: u64, known: impl Fn(&Published) -> Option<Value>) -> Result<String> {
    let mut page = String::from(include_str!("taken-home/head.md"));
    writeln!(
        page,
        "\n## The table\n\nUp to {schedules} schedules of each test, and every interleaving of what is small.\n"
    )?;
    page += "| crate | tests | passed | not passed | not simulated | ignored | schedules | every interleaving | explore | cargo test |\n";
    page += "|---|---|---|---|---|---|---|---|---|---|\n";
    let mut findings = String::new();
    for it in crates {
        let label = format!("{} {}", it.name, it.version);
        let Some(result) = known(it) else {
            writeln!(page, "| {label} | not run yet | | | | | | | | |")?;
            continue;
        };
        if let Some(why) = result["refused"].as_str() {
            writeln!(page, "| {label} | not run: {why} | | | | | | | | |")?;
            continue;
        }
        let tests = result["explored"]["tests"].as_array().context("an exploration has tests")?;
        let count = |states: &[&str]| {
            tests.iter().filter(|test| states.contains(&test["state"].as_str().unwrap_or_default())).count()
        };
        let tried: u64 = tests.iter().filter_map(|test| test["schedules"].as_u64()).sum();
        let whole = tests.iter().filter(|test| test["interleavings"].is_u64()).count();
        let seconds = |value: &Value| {
            value.as_u64().map_or("too long".to_owned(), |ms| format!("{:.1} s", ms as f64 / 1000.0))
        };
        writeln!(
            page,
            "| {label} | {} | {} | {} | {} | {} | {tried} | {whole} | {} | {} |",
            tests.len(),
            count(&["passed"]),
            count(&["failed", "undecided", "not-repeatable"]),
            count(&["not-simulated"]),
            count(&["ignored"]),
            seconds(&result["explored"]["duration_ms"]),
            seconds(&result["cargo_ms"]),
        )?;
        for test in tests
            .iter()
            .filter(|test| ["failed", "undecided", "not-repeatable"].iter().any(|it| test["state"] == **it))
        {
            findings += &told(it, test);
        }
    }
    page += "\n## What did not pass, and why\n\n";
    page += if findings.is_empty() { "Nothing.\n" } else { &findings };
    Ok(page)
}

/// One finding, with the sentence that we have for it.
fn told(it: &Published, test: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().replace('\n', " ");
    let (name, finding) = (text(&test["name"]), &test["finding"]);
    let why = REASONS.iter().find(|(of, part, _)| *of == it.name && name.contains(part));
    let why = why.map_or("not looked into yet", |(_, _, why)| why);
    let message: String = text(&finding["message"]).chars().take(240).collect();
    format!(
        "- `{}` `{name}`: {}, in {} of {} schedules, seed {}. {message}\n  **{why}**\n",
        it.name,
        text(&finding["kind"]),
        test["wrong"],
        test["schedules"],
        finding["seed"]
    )
}

/// For a crate and a part of a test's name: what we have found out. A bug, a test that rests on sleeping, a limit of ours.
const REASONS: &[(&str, &str, &str)] = &[
    (
        "threadpool",
        "test_massive_task_creation",
        "A limit of ours: it makes four million tasks, and a schedule of that takes more than the 30 s that it has here.",
    ),
    (
        "threadpool",
        "test_multi_join",
        "A test that rests on timing: it takes for granted that one thread has not gone further yet when another one looks.",
    ),
    (
        "threadpool",
        "test_recovery_from_subtask_panic",
        "A race in threadpool: a worker that panics lowers the count of active tasks first, and raises the count of panics afterwards. `join` may return between the two.",
    ),
    (
        "threadpool",
        "test_shrink",
        "A test that rests on sleeping: it takes for granted that the pool's threads have gone on when it looks.",
    ),
];
