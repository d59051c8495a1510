//! What `grade pack` makes, tried in folders that are laid out as the platforms': the right marks, and never a zero for what is undecided.
#![cfg(unix)]

use super::class::{OPEN, RIGHT, WAITS, class, program};
use super::workbook::Workbook;
use serde_json::Value;
use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

/// The class's workbook, with a stand-in for cargo that starts the checker.
fn with_cargo() -> Workbook {
    let workbook = class();
    let checker = format!("#!/bin/sh\nshift\nexec {} \"$@\"\n", env!("CARGO_BIN_EXE_checker"));
    workbook.write("rust/bin/cargo", checker);
    fs::set_permissions(workbook.path("rust/bin/cargo"), fs::Permissions::from_mode(0o755)).unwrap();
    workbook
}

/// Runs a script of a pack as its platform does.
fn run(workbook: &Workbook, program: &str, script: &str, variables: &[(&str, String)]) -> Output {
    let mut command = Command::new(program);
    let path = format!("{}:{}", workbook.path("rust/bin").display(), std::env::var("PATH").unwrap());
    // Where the stand-in is found first, and the real rustc still finds what it needs.
    let rustup =
        std::env::var("RUSTUP_HOME").or_else(|_| std::env::var("HOME").map(|home| home + "/.rustup"));
    command.env("CARGO_HOME", workbook.path("rust")).env("RUSTUP_HOME", rustup.unwrap_or_default());
    command.arg(workbook.path(script)).env("PATH", path).current_dir(workbook.path("checkout"));
    command.env("CARGO_TARGET_DIR", std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixture"));
    command.envs(variables.iter().map(|(name, value)| (*name, value))).output().unwrap()
}

/// Puts the learner's program where the platform puts it.
fn hand_in(workbook: &Workbook, dir: &str, text: &str) {
    workbook.write(&format!("{dir}/greet/src/lib.rs"), text);
}

#[track_caller]
fn ended(output: &Output, code: i32) {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{out}\n--- stderr\n{err}");
}

/// A folder that is laid out as Gradescope's `/autograder`, after its `setup.sh`.
fn gradescope(assignment: &str) -> Workbook {
    let workbook = with_cargo();
    workbook.write("week.toml", assignment);
    fs::create_dir(workbook.path("checkout")).unwrap();
    let pack = "grade pack gradescope --assignment week.toml --sandbox none --to week.zip";
    workbook.checker(pack).run().exits(0).shows("show learners the archive");
    let mut zip = zip::ZipArchive::new(fs::File::open(workbook.path("week.zip")).unwrap()).unwrap();
    for name in ["setup.sh", "run_autograder"] {
        let mode = zip.by_name(name).unwrap().unix_mode().unwrap();
        assert_eq!(mode & 0o777, 0o755, "{name} can't be run");
    }
    for index in 0..zip.len() {
        let mut member = zip.by_index(index).unwrap();
        let (mut bytes, name) = (Vec::new(), member.name().unwrap().into_owned());
        member.read_to_end(&mut bytes).unwrap();
        workbook.write(&format!("autograder/source/{name}"), bytes);
    }
    let metadata = r#"{"id": 7, "created_at": "2026-03-02T10:00:00.123456-08:00", "assignment": {"total_points": "10.0"}}"#;
    workbook.write("autograder/submission_metadata.json", metadata);
    fs::create_dir_all(workbook.path("autograder/submission")).unwrap();
    ended(&autograder(&workbook, "setup.sh"), 0);
    workbook
}

fn autograder(workbook: &Workbook, script: &str) -> Output {
    let own = |name: &str| workbook.path(name).display().to_string();
    let variables = [("AUTOGRADER", own("autograder")), ("TOOLS", own("tools"))];
    run(workbook, "bash", &format!("autograder/source/{script}"), &variables)
}

/// `results.json`, held to Gradescope's rules.
fn results(workbook: &Workbook) -> Value {
    let result: Value = serde_json::from_str(&workbook.read("autograder/results/results.json")).unwrap();
    let known = |value: &Value, fields: &[&str]| {
        for name in value.as_object().unwrap().keys() {
            assert!(fields.contains(&name.as_str()), "Gradescope does not know `{name}`");
        }
    };
    let top = [
        "score",
        "output",
        "output_format",
        "test_output_format",
        "test_name_format",
        "visibility",
        "stdout_visibility",
        "tests",
    ];
    known(&result, &top);
    // Its default for the text at the top is HTML.
    assert_eq!(result["output_format"], "text");
    let tests = result["tests"].as_array().unwrap();
    assert!(result.get("score").is_some() || tests.iter().any(|test| test.get("score").is_some()));
    for test in tests {
        known(
            test,
            &["name", "number", "score", "max_score", "status", "output", "output_format", "visibility"],
        );
        assert!(["passed", "failed"].contains(&test["status"].as_str().unwrap()), "{test}");
        // A test without points is for information; a number that is written as a text would be none.
        assert_eq!(test.get("score").is_some(), test.get("max_score").is_some(), "{test}");
        if let (Some(score), Some(max)) = (test.get("score"), test.get("max_score")) {
            assert!((0.0..=max.as_f64().unwrap()).contains(&score.as_f64().unwrap()), "{test}");
        }
        assert!(["text", "ansi"].contains(&test["output_format"].as_str().unwrap_or("text")), "{test}");
        assert!(!test["output"].as_str().unwrap().contains('\r'), "{test}");
        // With a hidden test, learners would not see their sum.
        assert_eq!(test["visibility"], "visible");
    }
    result
}

/// The score that Gradescope shows: the one at the top, or the sum.
fn score(result: &Value) -> f64 {
    let tests = result["tests"].as_array().unwrap().iter();
    result["score"].as_f64().unwrap_or_else(|| tests.filter_map(|test| test["score"].as_f64()).sum())
}

const WEEK: &str = "[[exercise]]\nname = \"greet\"\nweights = { 1 = 4.0, 2 = 6.0 }\n";

#[test]
fn gradescope_gets_a_mark_for_what_is_decided_and_no_result_for_what_is_not() {
    let workbook = gradescope(WEEK);
    hand_in(&workbook, "autograder/submission", &program(RIGHT));
    ended(&autograder(&workbook, "run_autograder"), 0);
    assert_eq!(score(&results(&workbook)), 10.0);
    hand_in(&workbook, "autograder/submission", &program(WAITS));
    ended(&autograder(&workbook, "run_autograder"), 0);
    let result = results(&workbook);
    assert_eq!(score(&result), 4.0);
    let told = result["tests"][1]["output"].as_str().unwrap();
    assert!(
        told.contains("broken: deadlock") && told.contains("cargo checker replay greet never_waits"),
        "{told}"
    );
    hand_in(&workbook, "autograder/submission", &program(OPEN));
    ended(&autograder(&workbook, "run_autograder"), 3);
    let result = workbook.path("autograder/results/results.json");
    assert!(!result.exists(), "what is undecided has the result of the program before it");
}

#[test]
fn gradescope_gets_a_zero_with_its_reason_for_what_is_no_program() {
    let workbook = gradescope(WEEK);
    ended(&autograder(&workbook, "run_autograder"), 0);
    let result = results(&workbook);
    assert_eq!(score(&result), 0.0);
    assert!(result["tests"][0]["output"].as_str().unwrap().contains("greet/src/lib.rs"), "{result}");
    hand_in(&workbook, "autograder/submission", "pub fn at(");
    ended(&autograder(&workbook, "run_autograder"), 0);
    let result = results(&workbook);
    assert_eq!(score(&result), 0.0);
    assert!(result["tests"][0]["output"].as_str().unwrap().starts_with("does-not-compile"), "{result}");
}

#[test]
fn on_gradescope_late_is_what_came_late_and_not_what_is_judged_late() {
    // It came on the second of March, whenever this test runs.
    let late = format!("{WEEK}[late]\ndue = \"2026-03-01T12:00:00-08:00\"\npenalty = \"10%\"\n");
    let workbook = gradescope(&late);
    hand_in(&workbook, "autograder/submission", &program(RIGHT));
    ended(&autograder(&workbook, "run_autograder"), 0);
    let result = results(&workbook);
    assert_eq!(score(&result), 9.0, "{result}");
    assert!(result["output"].as_str().unwrap().contains("greet: "), "{result}");
}

/// What `result-v1.schema.json` of Classroom 50 asks for, and what its runner adds to that.
fn classroom50_takes(result: &Value) {
    let links = ["commit", "release", "review"];
    let texts = ["schema", "classroom", "assignment", "assignment_type", "owner", "submission", "datetime"];
    let numbers = ["score", "max-score"];
    let known: Vec<&str> = texts.iter().chain(&links).chain(&numbers).chain(&["tests"]).copied().collect();
    let fields: Vec<&str> = result.as_object().unwrap().keys().map(String::as_str).collect();
    assert!(fields.len() == known.len() && fields.iter().all(|it| known.contains(it)), "{fields:?}");
    for name in texts.iter().chain(&links) {
        assert!(!result[*name].as_str().unwrap().is_empty(), "{name}");
    }
    assert_eq!(result["schema"], "classroom50/result/v1");
    assert_eq!((&result["classroom"], &result["assignment"]), (&"conc-s26".into(), &"week-1".into()));
    assert!(["individual", "group"].contains(&result["assignment_type"].as_str().unwrap()));
    assert!(result["submission"].as_str().unwrap().starts_with("submit/"));
    let shape = |c: char| if c.is_ascii_digit() { '0' } else { c };
    let moment: String = result["datetime"].as_str().unwrap().chars().map(shape).collect();
    assert_eq!(moment, "0000-00-00T00:00:00Z");
    let tests = result["tests"].as_array().unwrap();
    for test in tests {
        assert!(!test["test-name"].as_str().unwrap().is_empty() && test["passed"].is_boolean(), "{test}");
    }
    for it in tests.iter().chain([result]) {
        // A number with a fraction, or a boolean, is none of these.
        assert!(it["score"].as_u64().unwrap() <= it["max-score"].as_u64().unwrap(), "{it}");
    }
    assert!(result.to_string().len() < 10 << 20);
}

#[test]
fn classroom_50_gets_whole_points_and_no_result_for_what_is_undecided() {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("without python3 this can't be tried");
        return;
    }
    let workbook = with_cargo();
    workbook.write("week.toml", WEEK);
    workbook.checker("grade pack classroom50 --assignment week.toml --sandbox none --to pack").run().exits(0);
    let url = || "https://git.example/1".to_owned();
    let variables = [
        ("WORKBOOK", workbook.path("").display().to_string()),
        ("WORKBOOK_ASSIGNMENT", workbook.path("week.toml").display().to_string()),
        ("CLASSROOM", "conc-s26".to_owned()),
        ("ASSIGNMENT", "week-1".to_owned()),
        ("USERNAME", "a1".to_owned()),
        ("SUBMISSION_TAG", "submit/2026-03-01T12-00-00Z-0a1b2c3".to_owned()),
        ("COMMIT_URL", url()),
        ("RELEASE_URL", url()),
    ];
    let judge = |text: String| {
        // As the runner does it.
        let _ = fs::remove_file(workbook.path("checkout/result.json"));
        workbook.write("checkout/exercises/01-greeting/greet/src/lib.rs", text);
        run(&workbook, "python3", "pack/autograder.py", &variables)
    };
    ended(&judge(program(WAITS)), 0);
    let result: Value = serde_json::from_str(&workbook.read("checkout/result.json")).unwrap();
    assert_eq!((result["score"].as_u64(), result["max-score"].as_u64()), (Some(4), Some(10)), "{result}");
    classroom50_takes(&result);
    assert_eq!(result["tests"][1]["passed"], false);
    ended(&judge(program(OPEN)), 3);
    assert!(!workbook.path("checkout/result.json").exists());
    // Half a point is refused before anybody hands anything in.
    workbook.write("week.toml", WEEK.replace("4.0", "4.5").replace("6.0", "5.5"));
    let refused = workbook.checker("grade pack classroom50 --assignment week.toml --to other").run();
    refused.exits(2).complains("whole points");
    assert!(!workbook.path("other").exists());
}

/// The commands of a job: the block of lines below `key`, without what they are indented by.
fn commands(text: &str, key: &str) -> String {
    let mut lines = text.lines().skip_while(|line| line.trim() != key).skip(1);
    let first = lines.next().expect("there are commands");
    let depth = first.len() - first.trim_start().len();
    let inside = |line: &&str| line.len() - line.trim_start().len() >= depth;
    let block = std::iter::once(first).chain(lines.take_while(inside));
    block.map(|line| format!("{}\n", &line[depth..])).collect()
}

#[test]
fn the_commands_for_github_and_gitlab_tell_kept_broken_and_undecided_apart() {
    let workbook = with_cargo();
    workbook.write("week.toml", WEEK);
    let own = |name: &str| workbook.path(name).display().to_string();
    let variables = [
        ("WORKBOOK", own("")),
        ("WORKBOOK_ASSIGNMENT", own("week.toml")),
        ("GITHUB_WORKSPACE", own("checkout")),
        ("GITHUB_STEP_SUMMARY", own("summary.md")),
        ("CI_PROJECT_DIR", own("checkout")),
    ];
    for (platform, file, key) in [("github", "workbook.yml", "run: |"), ("gitlab", ".gitlab-ci.yml", "- |")] {
        let pack = format!("grade pack {platform} --assignment week.toml --sandbox none --to {platform}");
        workbook.checker(&pack).run().exits(0);
        let text = workbook.read(&format!("{platform}/{file}"));
        assert!(text.contains("have not run this file on"), "{text}");
        // As the runners start them.
        workbook.write("job.sh", format!("set -eo pipefail\n{}", commands(&text, key)));
    }
    let judge = |platform: &str, file: &str, key: &str, text: &str| {
        let _ = fs::remove_file(workbook.path("summary.md"));
        let _ = fs::remove_file(workbook.path("checkout/workbook-junit.xml"));
        hand_in(&workbook, "checkout", text);
        let text = workbook.read(&format!("{platform}/{file}"));
        workbook.write("job.sh", format!("set -eo pipefail\n{}", commands(&text, key)));
        run(&workbook, "bash", "job.sh", &variables)
    };
    let github = |text: &str| judge("github", "workbook.yml", "run: |", text);
    ended(&github(&program(RIGHT)), 0);
    assert!(workbook.read("summary.md").contains("## 10.00 of 10.00 points"));
    ended(&github(&program(WAITS)), 1);
    assert!(workbook.read("summary.md").contains("broken: deadlock"));
    let open = github(&program(OPEN));
    ended(&open, 0);
    assert!(String::from_utf8_lossy(&open.stdout).contains("::warning::"));
    assert!(!workbook.path("summary.md").exists(), "a result was told of what is undecided");
    let gitlab = |text: &str| judge("gitlab", ".gitlab-ci.yml", "- |", text);
    ended(&gitlab(&program(RIGHT)), 0);
    ended(&gitlab(&program(WAITS)), 1);
    let junit = workbook.read("checkout/workbook-junit.xml");
    assert!(
        junit.contains("failures=\"1\" errors=\"0\"") && junit.contains("classname=\"greet\""),
        "{junit}"
    );
    ended(&gitlab(&program(OPEN)), 3);
    assert!(!workbook.path("checkout/workbook-junit.xml").exists());
}
