//! A failure gone through point by point.

use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What the command says in the workbook when this is typed.
fn checker(arguments: &[&str], typed: &str) -> (String, Option<i32>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_checker"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .args(arguments)
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // It may be over before all of it is typed.
    let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
    let ended = child.wait_with_output().unwrap();
    (String::from_utf8(ended.stdout).unwrap(), ended.status.code())
}

/// The first finding that a seed gives again: its check, its seed and its message.
fn first_finding(exercise: &str, source: &str) -> (String, String, String) {
    let (json, _) = checker(&["run", exercise, "--source", source, "--format", "json"], "");
    let report: Value = serde_json::from_str(&json).unwrap();
    let checks = report[0]["checks"].as_array().unwrap();
    let found = checks.iter().find(|check| check["finding"]["seed"].is_u64()).expect("it fails");
    let finding = &found["finding"];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&found["name"]), finding["seed"].to_string(), text(&finding["message"]))
}

/// The transcript of going through it.
fn gone_through(exercise: &str, source: &str, typed: &str) -> (String, String) {
    let (check, seed, message) = first_finding(exercise, source);
    let call = ["replay", exercise, &check, "--seed", &seed, "--source", source, "--step"];
    let (said, code) = checker(&call, typed);
    assert_eq!(code, Some(0), "{said}");
    (said, message)
}

#[test]
fn the_run_that_failed_fails_again_when_it_is_followed() {
    for (exercise, variant) in [
        ("bounded-queue", "02-producer-consumer/bounded-queue/rejected/notify_when_empty.rs"),
        ("breakfast", "01-parallel-map/breakfast/rejected/as_they_are_ready.rs"),
        ("one-clerk", "05-worker-pool/one-clerk/rejected/send_unwrapped.rs"),
    ] {
        let source = format!("solutions/{variant}");
        let (said, message) = gone_through(exercise, &source, &"\n".repeat(200));
        assert!(said.contains("You are the scheduler."), "{said}");
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let said = words(&said);
        let (_, ended) = said.rsplit_once("between threads: ").expect("it has come to its end");
        let first: String = words(&message).chars().take_while(|letter| *letter != '`').collect();
        assert!(ended.starts_with(&first), "{exercise}: {message}\n{ended}");
    }
}

#[test]
fn another_choice_leads_elsewhere_and_back() {
    let source = "solutions/02-producer-consumer/bounded-queue/rejected/notify_when_empty.rs";
    let elsewhere = "1\n".repeat(30) + &"2\n".repeat(30) + &"3\n".repeat(30);
    let (said, _) = gone_through("bounded-queue", source, &(elsewhere + "u\nr\nu\nnobody\n9\nq\n"));
    for line in [
        "This time, the promise was kept.",
        "One move back.",
        "From the beginning.",
        "There is no move to undo.",
        "`nobody` is not a move here.",
        "`9` is not a move here.",
    ] {
        assert!(said.contains(line), "no `{line}` in {said}");
    }
    // The line at which a thread stands, and what it does there, as the source calls it.
    assert!(said.contains("next: lock state, line "), "{said}");
}

#[test]
fn where_nothing_fails_it_says_what_does() {
    let call = ["replay", "breakfast", "each_dish_is_cooked_once", "--seed", "1", "--step", "--source"];
    let source = "solutions/01-parallel-map/breakfast/src/lib.rs";
    let (said, code) = checker(&[&call[..], &[source]].concat(), "");
    assert_eq!(code, Some(0));
    assert!(said.contains("with seed 1 there is no failure to step through"), "{said}");
    let (_, code) = checker(&["replay", "breakfast", "no_such_check", "--seed", "1", "--step"], "");
    assert_eq!(code, Some(2));
}
