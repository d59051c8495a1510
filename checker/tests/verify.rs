//! The author's gate, on the workbook itself: every program's verdict, and what learners read of the rejected ones.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use walkdir::WalkDir;

/// How many programs are judged beside the stubs and solutions, unless all are asked for.
const SAMPLE: &str = "340";

/// With `EXERCISES="print-room thumbnails"` it looks at those alone; with `PROGRAMS=all` at every program, of which it otherwise
/// draws some by the commit. Where texts are to be accepted, it has to look at all.
#[test]
fn every_program_gets_the_verdict_it_must_get_and_learners_read_what_was_reviewed() {
    let texts = TempDir::new().unwrap();
    let set = |name| env::var(name).unwrap_or_default();
    let (chosen, commit) = (set("EXERCISES"), commit());
    let mut arguments = vec!["--explanations", texts.path().to_str().unwrap()];
    let accepts = !["", "no", "auto"].contains(&set("INSTA_UPDATE").as_str());
    if chosen.is_empty() && !accepts && set("PROGRAMS") != "all" {
        arguments.extend(["--sample", SAMPLE, "--drawn-by", &commit]);
    }
    arguments.extend(words(&chosen));
    let outcome = verify(&arguments);
    let changed: Vec<String> = texts_by_solution(texts.path()).filter_map(compare).collect();
    assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
    assert!(
        changed.is_empty(),
        "what learners read has changed, as shown above, in\n  {}\n\
         Read it as they would. To accept it: cargo insta review, or, with the names of exercises,\n  \
         INSTA_UPDATE=always EXERCISES=\"…\" cargo test -p checker --test verify",
        changed.join("\n  ")
    );
}

/// The commit that is checked out; something else where there is none.
fn commit() -> String {
    let git = Command::new("git").current_dir(root()).args(["rev-parse", "HEAD"]).output();
    let said = git.ok().filter(|git| git.status.success()).map(|git| git.stdout);
    said.map_or("no commit".to_owned(), |said| String::from_utf8_lossy(&said).trim().to_owned())
}

/// The same verdicts, 200 times over. Takes hours, so it is asked for:
/// `cargo test -p checker --test verify -- --ignored`.
#[test]
#[ignore = "takes hours"]
fn the_verdicts_are_the_same_every_time() {
    verify(&["--repeat", "200"]).unwrap();
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

fn verify(arguments: &[&str]) -> Result<(), String> {
    let mut checker = Command::new(env!("CARGO_BIN_EXE_checker"));
    let output =
        checker.current_dir(root()).args(["verify", "--timeout", "600"]).args(arguments).output().unwrap();
    let (said, trouble) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    println!("{said}");
    if output.status.success() { Ok(()) } else { Err(format!("{said}\n{trouble}")) }
}

/// Each solution's folder, with the texts of its rejected variants by file name.
fn texts_by_solution(texts: &Path) -> impl Iterator<Item = (PathBuf, BTreeMap<String, String>)> {
    let solutions = WalkDir::new(root().join("solutions")).min_depth(2).max_depth(2).sort_by_file_name();
    let solutions = solutions.into_iter().map(|entry| entry.unwrap().into_path());
    solutions.filter_map(move |solution| {
        let files = fs::read_dir(texts.join(solution.file_name()?)).ok()?.map(|file| file.unwrap().path());
        let text = |file: PathBuf| {
            let name = file.with_extension("rs").file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(file).unwrap())
        };
        let texts = files.map(text).collect();
        Some((solution, texts))
    })
}

/// Compares the texts with the snapshot beside the solution; if they differ, says where that is. What was not judged this
/// time is taken from the snapshot.
fn compare((solution, texts): (PathBuf, BTreeMap<String, String>)) -> Option<String> {
    let kept = fs::read_to_string(solution.join("explanations.snap")).unwrap_or_default();
    let kept: BTreeMap<&str, &str> = kept.split("════ rejected/").skip(1).filter_map(named).collect();
    let programs = fs::read_dir(solution.join("rejected")).unwrap().map(|file| file.unwrap().path());
    let programs: BTreeMap<String, String> = programs
        .map(|file| {
            (file.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(file).unwrap())
        })
        .collect();
    let mut all = String::new();
    for (name, program) in programs {
        let breaks = program.lines().next().unwrap().trim_start_matches("//! ");
        let text = match (texts.get(&name), kept.get(name.as_str())) {
            (Some(text), _) => without_what_varies(text),
            (None, Some(kept)) => (*kept).to_owned(),
            (None, None) => continue,
        };
        all += &format!("════ rejected/{name} · {breaks}\n\n{}\n\n", text.trim_end());
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&solution);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    // The others are to be compared too.
    let same = settings
        .bind(|| catch_unwind(AssertUnwindSafe(|| insta::assert_snapshot!("explanations", all))).is_ok());
    let file = solution.join("explanations.snap");
    (!same).then(|| file.strip_prefix(root()).unwrap().display().to_string())
}

/// A text that speaks of something is for programs that have it. The texts are chosen by what a run shows; here each is
/// compared with the program itself.
#[test]
fn no_likely_cause_speaks_of_what_the_program_does_not_have() {
    let needs: [(&[&str], &[&str]); 4] = [
        (&["Condvar", "notif"], &["Condvar"]),
        (&["Barrier"], &["Barrier"]),
        (&["channel", "sender", "receiver"], &["channel", "mpsc", "Sender", "Receiver", "bounded("]),
        (&["lock that it holds already", "a cycle: each holds a lock"], &["lock(", "Mutex", "RwLock"]),
    ];
    let solutions = WalkDir::new(root().join("solutions")).min_depth(2).max_depth(2).sort_by_file_name();
    let (mut read, mut wrong) = (0, Vec::new());
    for solution in solutions.into_iter().map(|entry| entry.unwrap().into_path()) {
        let snapshot = fs::read_to_string(solution.join("explanations.snap")).unwrap_or_default();
        for (name, text) in snapshot.split("════ rejected/").skip(1).filter_map(named) {
            let program = fs::read_to_string(solution.join("rejected").join(name)).unwrap();
            let code: String = program.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            for likely in likely_causes(text) {
                read += 1;
                // Where to read on is a section's title.
                let likely = likely.split("See lessons/").next().unwrap_or_default();
                for (words, any_of) in needs {
                    let spoken = words.iter().find(|word| likely.contains(**word));
                    if let Some(word) = spoken.filter(|_| !any_of.iter().any(|it| code.contains(it))) {
                        wrong.push(format!("{}/{name} has no `{word}`: {likely}", solution.display()));
                    }
                }
            }
        }
    }
    assert!(read > 0, "no likely cause was found in any snapshot");
    assert!(wrong.is_empty(), "{} texts:\n{}", wrong.len(), wrong.join("\n"));
}

/// The texts behind `likely cause`, each in one line.
fn likely_causes(text: &str) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if let Some(first) = line.strip_prefix("  likely cause") {
            texts.push(first.trim().to_owned());
            inside = true;
        } else if inside && line.starts_with("   ") {
            if let Some(last) = texts.last_mut() {
                last.push(' ');
                last.push_str(line.trim());
            }
        } else {
            inside = false;
        }
    }
    texts
}

/// The name of a program and what its section of a snapshot says.
fn named(section: &str) -> Option<(&str, &str)> {
    let (head, text) = section.split_once("\n\n")?;
    Some((head.split(' ').next()?, text))
}

/// Leaves out rustc's own words, which each version of it chooses, seeds, of which one is as good as another, and which line of
/// an endless loop was seen.
fn without_what_varies(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let (mut rustc, mut hangs, mut place) = (false, false, false);
    for line in text.lines() {
        if line.starts_with('✗') {
            hangs = line.ends_with("timed-out");
        }
        place = place && line.starts_with("   ");
        match line {
            _ if line.starts_with("  likely cause") => rustc = false,
            _ if rustc || place => continue,
            _ if hangs && line.starts_with("  where") => {
                place = true;
                lines.push("  where        [a line of the loop]".to_owned());
                continue;
            }
            _ if line.starts_with("error") => {
                rustc = true;
                lines.push("[what rustc says]\n".to_owned());
                continue;
            }
            _ => {}
        }
        lines.push(match line.split_once(" --seed ") {
            Some((command, rest)) => {
                format!("{command} --seed [seed]{}", rest.trim_start_matches(|c: char| c.is_ascii_digit()))
            }
            None => line.to_owned(),
        });
    }
    lines.join("\n") + "\n"
}

/// What the README shows first, and the command that it says makes it.
#[test]
fn the_picture_in_the_readme_is_what_the_command_draws() {
    const CHECK: &str = "every_job_is_printed_once";
    let stub = "exercises/02-producer-consumer/print-room/.stub/lib.rs";
    let checker = |arguments: &[&str]| {
        let mut checker = Command::new(env!("CARGO_BIN_EXE_checker"));
        let output = checker.current_dir(root()).args(arguments).args(["--source", stub]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let reports: serde_json::Value =
        serde_json::from_str(&checker(&["run", "print-room", "--format", "json"])).unwrap();
    let checks = reports[0]["checks"].as_array().unwrap();
    let seed =
        checks.iter().find(|check| check["name"] == CHECK).unwrap()["finding"]["seed"].as_u64().unwrap();
    let drawn = checker(&["replay", "print-room", CHECK, "--seed", &seed.to_string(), "--format", "svg"]);
    let picture = root().join("book/pictures/deadlock.svg");
    if env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
        fs::write(&picture, &drawn).unwrap();
    }
    assert!(drawn.starts_with("<svg"), "{drawn}");
    assert!(
        fs::read_to_string(&picture).unwrap() == drawn,
        "{} is drawn differently now: run this test with INSTA_UPDATE=always, and look at it",
        picture.display()
    );
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let command = format!("replay print-room {CHECK} --seed {seed}");
    assert!(readme.contains(&command), "README.md should say `{command}`");
}
