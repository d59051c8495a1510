//! What learners have run into, each report with the test that keeps it from coming back.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What was reported, and the file and the test that hold it.
const REPORTS: [(&str, &str, &str); 17] = [
    (
        "a missing import is told without rustc's suggestion",
        "field.rs",
        "a_missing_import_is_told_with_what_to_import",
    ),
    (
        "an error names the type of the simulation",
        "field.rs",
        "a_shared_receiver_is_told_by_its_name_in_the_std",
    ),
    (
        "a wrong signature is told of another function",
        "field.rs",
        "a_wrong_signature_is_told_of_the_function_that_has_it",
    ),
    (
        "a compiler that the system killed is the learner's failure",
        "cli/bad_input.rs",
        "a_compiler_that_is_killed_or_has_a_full_disk_is_no_failure_of_the_program",
    ),
    (
        "a full disk is the learner's failure",
        "cli/bad_input.rs",
        "a_compiler_that_is_killed_or_has_a_full_disk_is_no_failure_of_the_program",
    ),
    (
        "an editor with a space in its path can't be started",
        "cli/place.rs",
        "an_editor_with_a_space_in_its_path_is_found_with_quotes_and_without",
    ),
    (
        "marks of clauses are cut off",
        "../src/watch/tests.rs",
        "the_mark_of_every_clause_is_visible_at_every_size",
    ),
    ("what PowerShell wrote is refused", "cli/nothing_lost.rs", "what_powershell_wrote_can_be_taken_in"),
    (
        "a comma in the path makes every program wrong",
        "cli/place.rs",
        "a_comma_in_the_path_changes_no_verdict",
    ),
    (
        "reset gives back what was committed",
        "cli/nothing_lost.rs",
        "without_a_shipped_stub_the_first_copy_stays_the_beginning",
    ),
    (
        "reset refuses a file that is not UTF-8",
        "cli/nothing_lost.rs",
        "a_file_that_is_no_text_is_kept_byte_for_byte",
    ),
    (
        "the second file of a program is lost",
        "cli/nothing_lost.rs",
        "every_file_of_a_program_counts_as_the_learners",
    ),
    (
        "nothing is said while another cargo has the lock",
        "../launcher/tests/lock.rs",
        "a_checker_that_is_up_to_date_waits_for_no_other_cargo",
    ),
    ("a thread acts before it was started", "field.rs", "no_thread_acts_before_the_step_that_starts_it"),
    ("a stray folder stops every command", "cli/place.rs", "a_folder_that_is_no_exercise_stops_nothing"),
    (
        "a source that is a link is forbidden",
        "cli/bad_input.rs",
        "a_source_file_that_is_a_link_gets_the_verdict_of_its_program",
    ),
    (
        "an archive that was edited first has lost its stub",
        "cli/nothing_lost.rs",
        "reset_gives_the_stub_as_shipped_however_early_it_was_edited",
    ),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// Runs `cargo checker` on a program of `tests/field`.
fn checker(command: &[&str], program: &str, more: &[&str]) -> Output {
    let source = Path::new("checker/tests/field").join(program);
    let mut checker = Command::new(env!("CARGO_BIN_EXE_checker"));
    checker.current_dir(root()).args(command).arg("--source").arg(source).args(more);
    checker.env("COLUMNS", "100").env("CLICOLOR", "0").output().unwrap()
}

/// What is said of a program that fails, its lines joined.
#[track_caller]
fn said(exercise: &str, program: &str) -> String {
    let output = checker(&["run", exercise], program, &[]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_report_has_a_test() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for (report, file, test) in REPORTS {
        let text = fs::read_to_string(tests.join(file)).unwrap();
        assert!(text.contains(&format!("#[test]\nfn {test}() {{")), "{report}: no test `{test}` in {file}");
    }
}

#[test]
fn a_missing_import_is_told_with_what_to_import() {
    let said = said("thumbnails", "missing_import.rs");
    assert!(said.contains("use std::sync::Mutex;"), "{said}");
    assert!(!said.contains("simstd"), "{said}");
}

#[test]
fn a_shared_receiver_is_told_by_its_name_in_the_std() {
    let said = said("thumbnails", "receiver_shared.rs");
    assert!(
        said.contains("`std::sync::mpsc::Receiver<P>` cannot be shared between threads safely"),
        "{said}"
    );
    assert!(!said.contains("simstd"), "{said}");
}

#[test]
fn a_wrong_signature_is_told_of_the_function_that_has_it() {
    let said = said("sum-of-squares", "wrong_signature.rs");
    assert!(said.contains("`run` in checker/tests/field/wrong_signature.rs"), "{said}");
    assert!(!said.contains("need `sum_of_squares`"), "{said}");
}

#[test]
fn no_thread_acts_before_the_step_that_starts_it() {
    let check = "the_total_is_the_sum_of_the_partials";
    let command = ["replay", "sum-of-squares", check, "--seed", "1", "--format", "json"];
    let output = checker(&command, "original_sender.rs", &[]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let events = json["events"].as_array().unwrap();
    let text = |event: &Value, field: &str| event[field].as_str().unwrap_or_default().to_owned();
    let mut started = 0;
    let mut acted = BTreeSet::new();
    for (step, event) in events.iter().enumerate() {
        if text(event, "op") == "spawn" {
            started += 1;
        }
        let thread = text(event, "thread");
        if thread != "main" && acted.insert(thread.clone()) {
            assert!(acted.len() <= started, "`{thread}` acts in step {step}: {events:#?}");
        }
    }
    assert!(!acted.is_empty(), "no thread but main: {events:#?}");
}
