//! A new version of the course is taken in, and what has changed is judged again. `src/update/tests.rs` has the many ways to it.

use crate::workbook::Workbook;
use std::path::Path;

const PASS: &str = r#"if check.is_empty() { "" } else { "pass" }"#;
const DIR: &str = "exercises/01-greeting";

/// A workbook from an archive, both of whose exercises have passed.
fn begun() -> Workbook {
    let workbook = Workbook::new();
    for exercise in ["greet", "wave"] {
        for file in ["lib.rs", "main.rs"] {
            let stub = workbook.read(&format!("{DIR}/{exercise}/src/{file}"));
            workbook.write(&format!("{DIR}/{exercise}/.stub/{file}"), stub);
        }
        workbook.learner_writes(exercise, PASS);
    }
    workbook.checker("run").run().exits(0);
    workbook
}

/// The same course, and what is new in it.
fn newer(edit: impl Fn(&Workbook)) -> Workbook {
    let new = begun();
    std::fs::remove_dir_all(new.path(".workbook")).unwrap();
    let manifest = new.read("Cargo.toml");
    let heading = "[workspace.package]\n";
    new.write("Cargo.toml", manifest.replace(heading, &format!("{heading}version = \"9.0.0\"\n")));
    edit(&new);
    new
}

fn update(workbook: &Workbook, from: &Path) -> crate::workbook::Ended {
    workbook.checker(&format!("update {}", from.display())).run()
}

#[test]
fn a_changed_contract_has_the_program_judged_again() {
    let mine = begun();
    let new = newer(|new| {
        let readme = new.read(&format!("{DIR}/greet/README.md"));
        new.write(&format!("{DIR}/greet/README.md"), readme.replace("\n1. ", "\n1. Always: "));
    });
    let ended = update(&mine, &new.path("")).exits(0);
    ended
        .shows("The course is now at 9.0.0")
        .shows("Changed:\n  greet  contract\n")
        .shows("Judging 1 program again:\n  ✓ greet: passed\n");
    mine.checker("list").run().exits(0).shows("✓ greet  passed ");
    update(&mine, &new.path("")).exits(0).shows("This is the newest version of the course, 9.0.0.");
}

#[test]
fn a_program_for_an_older_stub_stays_with_its_verdict_marked() {
    let mine = begun();
    let program = mine.read(&format!("{DIR}/greet/src/lib.rs"));
    let new = newer(|new| {
        let stub = new.read(&format!("{DIR}/greet/.stub/lib.rs")) + "\npub fn bow() {}\n";
        new.write(&format!("{DIR}/greet/.stub/lib.rs"), stub);
        // And the program as it is keeps the new contract no more.
        let checks = new.read(&format!("{DIR}/greet/tests/checks.rs"));
        new.write(&format!("{DIR}/greet/tests/checks.rs"), checks + "\nuse greet::bow as _;\n");
    });
    let ended = update(&mine, &new.path("")).exits(1);
    ended
        .shows("Changed:\n  greet  checks, stub\n")
        .shows("greet: your program stays as it is. The new stub is in\nexercises/01-greeting/greet/src.new.")
        .shows("+pub fn bow() {}")
        .shows("✗ greet: failed; it passed under the old contract\n");
    assert_eq!(mine.read(&format!("{DIR}/greet/src/lib.rs")), program);
    assert!(mine.read(&format!("{DIR}/greet/src.new/lib.rs")).contains("pub fn bow"));
    mine.checker("list").run().exits(0).shows("~ greet  passed, old contract");
    // The way on: the new stub, with the old program kept.
    mine.checker("reset greet").run().exits(0).shows("kept as");
    assert!(!mine.path(&format!("{DIR}/greet/src.new")).exists());
    assert!(mine.read(&format!("{DIR}/greet/src/lib.rs")).contains("pub fn bow"));
}

#[test]
fn checks_that_changed_in_another_way_mark_the_verdict_too() {
    let workbook = begun();
    let checks = workbook.read(&format!("{DIR}/greet/tests/checks.rs"));
    workbook.write(&format!("{DIR}/greet/tests/checks.rs"), checks + "\n// as pulled by hand\n");
    workbook.checker("list").run().exits(0).shows("~ greet  passed, old contract").shows("✓ wave   passed ");
    workbook.checker("").run().exits(0).shows("greet: passed");
    workbook.checker("list").run().exits(0).shows("✓ greet  passed ");
}

#[test]
fn an_update_from_nowhere_says_what_can_be_named() {
    let workbook = Workbook::new();
    let ended = workbook.checker("update nowhere").run().exits(2);
    ended.complains("there is no nowhere here; name a folder or a .zip with the new version");
    workbook.write("notes.zip", "no archive");
    let ended = workbook.checker("update notes.zip").run().exits(2);
    ended.complains("notes.zip is not a .zip that can be read; unpack it, and name the folder");
    workbook.write("empty/notes.md", "");
    workbook.checker("update empty").run().exits(2).complains("empty contains no workbook");
    workbook.checker("update .").run().exits(2).complains("is this workbook itself");
    assert!(!workbook.path(".workbook/update").exists());
}
