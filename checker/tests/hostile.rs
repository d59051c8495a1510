//! Programs that would talk their way past the checker, each in the folder of the verdict that it must get: `tests/hostile/<verdict>/`.
//! They are judged as a learner's are, and what is shown of them is looked at as well.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
#[cfg(unix)]
use tempfile::TempDir;

/// More than this nobody reads, whatever the program has said.
const MOST_SHOWN: usize = 64 << 10;
/// Nor this much of JSON: some hundreds of threads are told of.
const MOST_JSON: usize = 1 << 20;
/// With a program that is stopped at its limit, and on a machine where others are at work.
const LONGEST: Duration = Duration::from_secs(150);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

fn checker(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_checker"));
    command.current_dir(root()).args(arguments).stdin(Stdio::null());
    // It must be in nothing that is shown.
    command.env("SECRET", SECRET).env("CLICOLOR", "0").output().unwrap()
}

const SECRET: &str = "a-secret-of-the-environment";

/// The programs of one folder.
fn programs(verdict: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(verdict).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<PathBuf> =
        files.filter(|file| file.extension().is_some_and(|it| it == "rs")).collect();
    files.sort();
    files
}

/// What is wrong with how `file` was judged; it must get `verdict`.
fn judged(file: &Path, verdict: &str) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    let exercise =
        text.lines().next().and_then(|line| line.strip_prefix("//! of: ")).expect("it says for what it is");
    let name = file.to_str().unwrap();
    let start = Instant::now();
    let run = ["run", exercise, "--source", name, "--timeout", "60"];
    let json = checker(&[&run[..], &["--format", "json"]].concat());
    let shown = checker(&run);
    let took = start.elapsed();
    let mut wrong = Vec::new();
    let report: Value = serde_json::from_slice(&json.stdout).unwrap_or_default();
    let report = &report[0];
    let checks = report["checks"].as_array().cloned().unwrap_or_default();
    let findings = checks.iter().map(|check| &check["finding"]).chain([&report["finding"]]);
    let kinds: Vec<&str> = findings.filter_map(|finding| finding["kind"].as_str()).collect();
    let is_right = match verdict {
        "passed" => report["verdict"] == "passed",
        kind => report["verdict"] == "failed" && kinds.contains(&kind),
    };
    if !is_right {
        let trouble = String::from_utf8_lossy(&json.stderr).into_owned();
        wrong.push(format!("the verdict is {} with {kinds:?}\n{trouble}", report["verdict"]));
    }
    let code = i32::from(verdict != "passed");
    if [&json, &shown].iter().any(|it| it.status.code() != Some(code)) {
        wrong.push(format!("exit codes {:?} and {:?}", json.status.code(), shown.status.code()));
    }
    wrong.extend(unfit(&shown).map(|what| format!("what is shown {what}")));
    if json.stdout.len() > MOST_JSON {
        wrong.push(format!("{} bytes of JSON", json.stdout.len()));
    }
    if took > LONGEST {
        wrong.push(format!("it took {took:?}"));
    }
    wrong
}

/// What must not be shown on a terminal, and is.
fn unfit(output: &Output) -> Option<String> {
    let text = [output.stdout.clone(), output.stderr.clone()].concat();
    let text = String::from_utf8_lossy(&text);
    let acted_on =
        |c: char| (c.is_control() && c != '\n' && c != '\t') || ('\u{202a}'..='\u{202e}').contains(&c);
    // A verdict begins its line. What a program has said is set in.
    let forged = text.lines().filter(|line| line.starts_with("✓ breakfast: passed"));
    if text.len() > MOST_SHOWN {
        Some(format!("has {} bytes", text.len()))
    } else if let Some(c) = text.chars().find(|c| acted_on(*c)) {
        Some(format!("has {c:?} in it, on which a terminal would act"))
    } else if let Some(word) =
        ["root:x:0", SECRET, "and this is quoted"].into_iter().find(|it| text.contains(it))
    {
        Some(format!("has {word:?} in it"))
    } else if !output.status.success() && forged.count() > 0 {
        Some("has a line that looks like another verdict".to_owned())
    } else {
        None
    }
}

/// What lies in the places where programs are compiled.
fn left_behind() -> u64 {
    let places = root().join(std::env::var("CARGO_TARGET_DIR").unwrap_or("target".into())).join("sim/run");
    let files = walkdir::WalkDir::new(places).into_iter().filter_map(Result::ok);
    files.filter_map(|file| Some(file.metadata().ok()?.len())).sum()
}

/// With `HOSTILE=forges` it looks at those alone whose path has the word in it.
#[test]
fn every_hostile_program_gets_its_verdict_and_shows_nothing_that_it_must_not() {
    let chosen = std::env::var("HOSTILE").unwrap_or_default();
    let mut folders: Vec<PathBuf> =
        fs::read_dir(root().join("checker/tests/hostile")).unwrap().map(|it| it.unwrap().path()).collect();
    folders.sort();
    let before = left_behind();
    let (mut tried, mut wrong) = (0, Vec::new());
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        let verdict = folder.file_name().unwrap().to_str().unwrap();
        for file in programs(folder).iter().filter(|file| file.to_str().unwrap().contains(&chosen)) {
            tried += 1;
            let file = file.strip_prefix(root()).unwrap();
            wrong.extend(judged_here(file, verdict).map(|what| format!("{}: {what}", file.display())));
        }
    }
    let left = left_behind().saturating_sub(before);
    assert!(wrong.is_empty(), "{} of {tried} programs\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried > 0, "no program has {chosen:?} in its path");
    assert!(left < 150 << 20, "{} MiB are left behind", left >> 20);
}

/// It would be told that a check is missing, and nothing would be asked of what believes a report.
#[test]
fn the_program_that_forges_a_whole_report_knows_every_check() {
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let checks = read("exercises/01-parallel-map/breakfast/tests/checks.rs");
    let forger = read("checker/tests/hostile/forbidden/forges_all_lines.rs");
    let named = |line: &str| {
        Some(line.split_once(" => ")?.1.trim_end_matches([',', ';']).split(' ').next()?.to_owned())
    };
    let list = checks.lines().skip_while(|line| !line.starts_with("checks!")).take_while(|line| *line != "}");
    let names: Vec<String> = list.filter_map(named).collect();
    assert!(names.len() > 5, "{names:?}");
    for name in names {
        assert!(forger.contains(&format!("\"{name}\"")), "{name}");
    }
}

fn judged_here(file: &Path, verdict: &str) -> impl Iterator<Item = String> {
    std::env::set_current_dir(root()).unwrap();
    judged(file, verdict).into_iter()
}

/// Trouble of the machine's, not a verdict, and soon.
#[track_caller]
#[cfg(unix)]
fn is_trouble(source: &Path, says: &str) {
    let start = Instant::now();
    let output = checker(&["run", "breakfast", "--source", source.to_str().unwrap()]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(says), "{said}");
    assert!(start.elapsed() < Duration::from_secs(60), "it took {:?}", start.elapsed());
    assert_eq!(unfit(&output), None);
}

#[cfg(unix)]
#[test]
fn a_source_that_has_no_end_is_no_source() {
    let folder = TempDir::new().unwrap();
    let pipe = folder.path().join("pipe.rs");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    is_trouble(&pipe, "is not a regular file");
    is_trouble(Path::new("/dev/zero"), "is not a regular file");
    let long = folder.path().join("long.rs");
    fs::File::create(&long).unwrap().set_len(1 << 40).unwrap();
    is_trouble(&long, "is it the right file?");
}

#[cfg(unix)]
#[test]
fn a_name_with_a_line_break_is_told_in_one_line() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("a\n✓ breakfast: passed\x1b[2J.rs");
    fs::write(&file, "").unwrap();
    is_trouble(&file, "a\\n✓ breakfast: passed\\u{1b}[2J.rs");
}

/// The right program in a folder of its own, with these lines before it.
#[cfg(unix)]
fn own_program(folder: &Path, lines: &str) -> PathBuf {
    let file = folder.join("lib.rs");
    let right = fs::read_to_string(root().join("checker/tests/hostile/passed/right.rs")).unwrap();
    let right = right.split("\n\n").skip(1).collect::<Vec<_>>().join("\n\n");
    fs::write(&file, format!("//! of: breakfast\n\n{lines}\n\n{right}")).unwrap();
    file
}

#[cfg(unix)]
#[test]
fn links_in_a_programs_own_folder_lead_nowhere() {
    use std::os::unix::fs::symlink;
    let folder = TempDir::new().unwrap();
    let solution = root().join("solutions/01-parallel-map/breakfast/src/lib.rs");
    symlink(&solution, folder.path().join("theirs.rs")).unwrap();
    symlink("/proc/self/cwd/solutions/01-parallel-map", folder.path().join("there")).unwrap();
    for lines in ["mod theirs;", "#[path = \"there/breakfast/src/lib.rs\"]\nmod theirs;"] {
        let wrong = judged(&own_program(folder.path(), lines), "forbidden");
        assert!(wrong.is_empty(), "{lines}: {wrong:?}");
    }
    // A folder with a line break in its name would hide what is in it from rustc's list.
    let hidden = folder.path().join("x\nlib.rs");
    fs::create_dir(&hidden).unwrap();
    symlink(&solution, hidden.join("y.rs")).unwrap();
    let wrong = judged(&own_program(folder.path(), "#[path = \"x\nlib.rs/y.rs\"]\nmod theirs;"), "forbidden");
    assert!(wrong.is_empty(), "{wrong:?}");
    // What is really there is the program's.
    fs::write(folder.path().join("own.rs"), "").unwrap();
    let wrong = judged(&own_program(folder.path(), "mod own;"), "passed");
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[cfg(unix)]
#[test]
fn a_quotation_mark_in_a_name_hides_nothing() {
    // rustc names a closure by its file, in the same line as the method: an odd mark would make a text of the rest.
    let folder = TempDir::new().unwrap();
    let hides = "use std::path::Path;\n\
        fn both<C: Fn() -> bool, F: Fn(&'static Path) -> bool>(c: C, f: F) -> bool { c() && f(Path::new(\"/proc\")) }\n\
        pub fn is_seen(k: usize) -> bool { let c = move || k > 0; both(c, Path::exists) }\n";
    fs::write(folder.path().join("a\".rs"), hides).unwrap();
    let wrong = judged(&own_program(folder.path(), "#[path = \"a\\\".rs\"]\npub mod a;"), "forbidden");
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[cfg(unix)]
#[test]
fn a_program_that_is_reached_by_a_link_is_a_program() {
    let folder = TempDir::new().unwrap();
    let elsewhere = TempDir::new().unwrap();
    let file = own_program(elsewhere.path(), "");
    std::os::unix::fs::symlink(&file, folder.path().join("lib.rs")).unwrap();
    let wrong = judged(&folder.path().join("lib.rs"), "passed");
    assert!(wrong.is_empty(), "{wrong:?}");
}
