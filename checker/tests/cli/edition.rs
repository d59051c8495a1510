//! An edition of the course for a class: without solutions, with hidden checks, and everything a learner does works in it.

use super::class::{RIGHT, WAITS, program, tree};
use super::workbook::Workbook;
use std::fs;
use std::path::Path;

#[test]
fn a_learner_works_in_an_edition_without_solutions() {
    let workbook = Workbook::new();
    // Somebody's progress is no part of it.
    workbook.write(
        "exercises/01-greeting/greet/.stub/lib.rs",
        workbook.read("exercises/01-greeting/greet/src/lib.rs"),
    );
    workbook.learner_writes("greet", RIGHT);
    workbook.checker("run greet").run().exits(0);
    // Nor is a grading that lies in the course's folder, or even in a part of it.
    for out in ["out", "lessons/out"] {
        workbook.write(&format!("{out}/people.json"), "{\"key\": \"ann\"}");
    }
    workbook
        .checker("course pack --without solutions --compare-from 2999-01-01 --to class")
        .run()
        .exits(0)
        .shows("no solutions, 0 checks hidden");
    let edition = workbook.path("class");
    assert!(!edition.join("solutions").exists() && !edition.join(".workbook").exists());
    let solution = workbook.read("solutions/01-greeting/greet/src/lib.rs");
    for (name, bytes) in tree(&edition) {
        assert!(bytes != solution.as_bytes(), "{name} is the solution");
        assert!(!name.ends_with("people.json"), "{name} names people");
    }
    let learner = |arguments: &str| workbook.checker(arguments).current_dir(&edition).run();
    learner("list").exits(0).shows("· greet  not run yet");
    learner("run greet").exits(1).shows("greet: unfinished");
    learner("hint greet").exits(0).shows("Hint 1 of 3");
    fs::write(edition.join("exercises/01-greeting/greet/src/lib.rs"), program(WAITS)).unwrap();
    learner("run greet").exits(1).shows("greet: failed");
    learner("replay greet never_waits --seed 7").exits(1).shows("deadlock");
    fs::write(edition.join("exercises/01-greeting/greet/src/lib.rs"), program(RIGHT)).unwrap();
    learner("run greet").exits(0);
    learner("compare greet").exits(2).complains("opens on 2999-01-01");
    learner("reset greet").exits(0);
    learner("").exits(1).shows("greet: unfinished");
}

#[test]
fn a_class_can_be_graded_in_an_edition_without_solutions() {
    let workbook = Workbook::new();
    workbook.checker("course pack --without solutions --to class").run().exits(0);
    workbook.write("in/ann/greet/src/lib.rs", program(RIGHT));
    let grade = "grade ../in --sandbox none --out ../out";
    workbook.checker(grade).current_dir(workbook.path("class")).run().exits(0).shows("1 submission,");
    assert!(workbook.read("out/marks.csv").contains("10.00,0.00,10.00,10.00"));
}

#[test]
fn a_folder_with_something_in_it_is_not_packed_over() {
    let workbook = Workbook::new();
    workbook.write("class/mine.txt", "");
    workbook.checker("course pack --to class").run().exits(2).complains("is not empty");
    workbook
        .checker("course pack --to new --compare-from soon")
        .run()
        .exits(2)
        .complains("`soon` is not a day");
    workbook.checker("course pack --to new --hide greets").run().exits(2).complains("with its exercise");
}

/// The course itself: what is packed has no solution in it, and cargo can read it.
#[test]
fn the_edition_of_the_whole_course_is_a_workspace_without_solutions() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("class");
    let hide = "print-room::an_office_puts_its_job_down_at_once";
    let pack = format!("course pack --without solutions --hide {hide} --to {}", to.display());
    Workbook::new().checker(&pack).current_dir(&root).run().exits(0).shows("1 checks hidden");
    let packed = tree(&to);
    let mut solutions = 0;
    for (name, bytes) in tree(&root.join("solutions")) {
        if name.ends_with(".rs") && !bytes.is_empty() {
            solutions += 1;
            let same = packed.iter().find(|(_, other)| **other == bytes);
            assert!(same.is_none(), "{} is solutions/{name}", same.unwrap().0);
        }
    }
    assert!(solutions > 100, "only {solutions} programs were compared");
    // What names a file of theirs could not be compiled.
    for (name, bytes) in packed.iter().filter(|(name, _)| name.ends_with(".rs")) {
        let text = String::from_utf8_lossy(bytes);
        let names_one = text.lines().any(|line| line.starts_with("#[path") && line.contains("solutions/"));
        assert!(!names_one, "{name} takes in a solution");
    }
    let checks = &packed["exercises/02-producer-consumer/print-room/tests/checks.rs"];
    assert!(!String::from_utf8_lossy(checks).contains("an_office_puts_its_job_down_at_once"));
    let mut cargo = std::process::Command::new(env!("CARGO"));
    let metadata =
        cargo.current_dir(&to).args(["metadata", "--offline", "--no-deps", "--format-version", "1"]);
    let output = metadata.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!String::from_utf8_lossy(&output.stdout).contains("-solution\""));
}
