//! The learner's place in the course: the list, the next exercise, hints.

use crate::workbook::Workbook;

const PASS: &str = r#"if check.is_empty() { "" } else { "pass" }"#;

#[test]
fn a_first_run_lists_the_course_and_judges_the_first_exercise() {
    let ended = Workbook::new().checker("").run().exits(1);
    insta::assert_snapshot!(ended.screen());
}

#[test]
fn what_has_passed_is_not_judged_again() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", PASS);
    workbook.checker("").run().exits(1).shows("greet: passed").shows("wave: unfinished");
    let again = workbook.checker("").run().exits(1).shows("✓ greet  passed").shows("wave: unfinished");
    assert!(!again.stdout().contains("greet: passed"));
}

#[test]
fn what_was_edited_since_is_judged_again() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", PASS);
    workbook.checker("run greet").run().exits(0);
    workbook.learner_writes("greet", r#"if check.is_empty() { "" } else { "race" }"#);
    workbook.checker("list").run().exits(0).shows("~ greet  passed, edited since");
    workbook.checker("").run().exits(1).shows("greet: failed");
}

#[test]
fn a_finished_course_says_so() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", PASS);
    workbook.learner_writes("wave", PASS);
    workbook.checker("").run().exits(0).shows("Every exercise has passed.");
}

#[test]
fn judging_another_file_does_not_change_ones_place() {
    let workbook = Workbook::new();
    workbook.checker("run greet --source solutions/01-greeting/greet/src/lib.rs").run().exits(0);
    workbook.checker("list").run().exits(0).shows("· greet  not run yet");
}

#[test]
fn the_workbook_is_found_from_a_folder_in_it() {
    let workbook = Workbook::new();
    let inside = workbook.path("exercises/01-greeting/greet/src");
    workbook
        .checker("run greet --source lib.rs")
        .current_dir(inside)
        .run()
        .exits(1)
        .shows("greet: unfinished");
}

#[test]
fn hints_come_one_at_a_time() {
    let workbook = Workbook::new();
    let first = workbook.checker("hint greet").run().exits(0);
    first
        .shows("Hint 1 of 3: Who greets whom?\n\nWrite down who greets whom.")
        .shows("another one: cargo checker hint greet\n");
    // Before anything has been written, the last one is given to those who ask for it.
    let second = workbook.checker("hint greet").run().exits(0);
    second.shows("Hint 2 of 3").shows("another one: cargo checker hint greet --step 3\n");
    workbook.checker("hint greet --step 3").run().exits(0).shows("With a wave.");
    workbook.checker("hint greet --step 4").run().exits(2).complains("greet has 3 hints; there is no hint 4");
}

#[test]
fn a_folder_that_is_no_exercise_stops_nothing() {
    let workbook = Workbook::new();
    workbook.write("exercises/01-greeting/.vscode/settings.json", "{}");
    workbook.write("exercises/01-greeting/notes/today.md", "");
    let manifest = workbook.read("exercises/01-greeting/greet/Cargo.toml");
    workbook.write("exercises/01-greeting/greet-old/Cargo.toml", manifest);
    let ended = workbook.checker("list").run().exits(0).shows("greet").shows("wave");
    ended.complains("exercises/01-greeting/greet-old is left out: its Cargo.toml names greet, which is in exercises/01-greeting/greet");
}

#[cfg(unix)]
#[test]
fn an_editor_with_a_space_in_its_path_is_found_with_quotes_and_without() {
    use std::os::unix::fs::PermissionsExt;
    let workbook = Workbook::new();
    workbook.write("Sublime Text/subl", "#!/bin/sh\necho \"opened: $@\"\n");
    let program = workbook.path("Sublime Text/subl");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let quoted = format!("\"{}\" -w", program.display());
    let edit = |variable: &str, value: &str| {
        workbook.checker("edit greet").env_remove("VISUAL").env(variable, value).run().exits(0)
    };
    edit("VISUAL", &quoted).shows("opened: -w").shows("greet/src/lib.rs");
    edit("EDITOR", program.to_str().unwrap()).shows("opened: /").shows("greet/src/lib.rs");
}

#[test]
fn an_exercise_is_named_by_its_place_its_beginning_or_its_lesson() {
    let workbook = Workbook::new();
    let readme = workbook.read("exercises/01-greeting/wave/README.md");
    workbook.write("exercises/01-greeting/wave/README.md", readme.replace("# Greet", "# Wave"));
    let of = |arguments: &str, folder: &str| {
        let ended = workbook.checker(arguments).current_dir(workbook.path(folder)).run();
        ended.exits(0).stdout()
    };
    let (greet, wave) = (of("task greet", "."), of("task wave", "."));
    assert_ne!(greet, wave);
    assert_eq!(of("task", "exercises/01-greeting/greet/src"), greet);
    assert_eq!(of("task .", "exercises/01-greeting/wave"), wave);
    assert_eq!(of("task gre", "."), greet);
    assert_eq!(of("task exercises/01-greeting/greet/src/lib.rs", "."), greet);
    assert_eq!(of("task ../wave", "exercises/01-greeting/greet"), wave);
    workbook.checker("task 1").run().exits(2).complains("`1` means `greet` or `wave`; name one of them");
    workbook.checker("task").run().exits(2).complains("there is no exercise at");
    workbook.checker("task 9").run().exits(2).complains("lesson 9 has no exercises");
    // Without a name, the exercise that one is in; a lesson's number is all of its exercises.
    let json = |arguments: &str, folder: &str| {
        let ended = workbook.checker(arguments).current_dir(workbook.path(folder)).run();
        let json = ended.json();
        json.as_array()
            .unwrap()
            .iter()
            .map(|it| it["exercise"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(json("run --format json", "exercises/01-greeting/wave"), ["wave"]);
    assert_eq!(json("run 1 --format json", "."), ["greet", "wave"]);
}

#[test]
fn a_comma_in_the_path_changes_no_verdict() {
    let workbook = Workbook::new();
    // A workbook below a folder with a comma and a space in its name, and all that is built, too.
    let there = workbook.path("Doe, Jane");
    std::fs::create_dir(&there).unwrap();
    for name in ["Cargo.toml", "Cargo.lock", "checker", "exercises", "lessons", "solutions"] {
        std::fs::rename(workbook.path(name), there.join(name)).unwrap();
    }
    workbook
        .checker("run greet")
        .current_dir(&there)
        .env("CARGO_TARGET_DIR", there.join("target"))
        .run()
        .exits(1)
        .shows("greet: unfinished");
}
