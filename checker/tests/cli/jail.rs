//! What keeps submissions in: tried from inside, and seen in what is recorded.
#![cfg(target_os = "linux")]

use crate::workbook::Workbook;
use std::process::Command;

/// What a program that tries everything could do, with a jail around it or without.
fn breaches(workbook: &Workbook, jailed: bool) -> Vec<String> {
    let checker = env!("CARGO_BIN_EXE_checker");
    let outside = workbook.path("Cargo.toml");
    let mut command = Command::new(checker);
    if jailed {
        let policy = serde_json::json!({ "read": [checker], "write": [], "starts_programs": false });
        command.args(["jail", &policy.to_string(), checker]);
    }
    let output = command.arg("jail-probe").arg(outside).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let found: serde_json::Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"));
    let listed = found["breaches"].as_array().unwrap();
    listed.iter().map(|it| it.as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_jailed_program_gets_at_nothing_and_a_free_one_at_all_of_it() {
    let workbook = Workbook::new();
    assert_eq!(breaches(&workbook, true), [""; 0]);
    // So the probe can tell.
    let free = breaches(&workbook, false);
    for what in
        ["read files outside", "write files", "connect to the network", "use UDP", "start other programs"]
    {
        assert!(
            free.iter().any(|breach| breach == what),
            "`{what}` was not possible without a jail: {free:?}"
        );
    }
}

#[test]
fn submissions_are_jailed_unless_somebody_says_otherwise_and_get_the_same_marks() {
    let workbook = Workbook::new();
    let hand_in = |who: &str, body: &str| {
        let program =
            format!("//! Greetings.\n\npub fn at(check: &str) -> &'static str {{\n    {body}\n}}\n");
        workbook.write(&format!("class/{who}/greet/src/lib.rs"), program);
    };
    hand_in("ann", r#"if check.is_empty() { "" } else { "pass" }"#);
    hand_in("ben", r#"if check == "never_waits" { "deadlock" } else { "pass" }"#);
    hand_in("cleo", "1");
    workbook.write("week.toml", "title = \"Week 1\"\n[[exercise]]\nname = \"greet\"\n");
    let grade =
        |arguments: &str| workbook.checker(&format!("grade class --assignment week.toml {arguments}")).run();
    grade("--out jailed").exits(0);
    grade("--out free --sandbox none").exits(0);
    // As a task of Slurm has it: a linker in a jail can't write there.
    let elsewhere = "grade class --assignment week.toml --out elsewhere";
    workbook.checker(elsewhere).env("TMPDIR", "/tmp").run().exits(0);
    let marks = |out: &str| workbook.read(&format!("{out}/marks.csv"));
    assert_eq!(marks("jailed"), marks("free"));
    assert_eq!(marks("jailed"), marks("elsewhere"));
    assert_eq!(marks("jailed").lines().count(), 4);
    let records = |out: &str| workbook.read(&format!("{out}/results.jsonl"));
    assert_eq!(records("jailed").matches("\"sandbox\":\"standard: Landlock").count(), 3);
    assert_eq!(records("free").matches("\"sandbox\":\"none\"").count(), 3);
}
