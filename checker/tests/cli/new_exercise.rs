//! `new`: an author gets the files of an exercise, and the gate says what is missing.

use super::class::tree;
use super::workbook::Workbook;

const DIR: &str = "exercises/01-greeting/handshake";
const SOLUTION: &str = "solutions/01-greeting/handshake";

#[test]
fn a_new_exercise_is_laid_out_and_the_gate_says_what_is_missing() {
    let workbook = Workbook::new();
    let made = workbook.checker("new 1 handshake").run().exits(0);
    made.shows(&format!("made {DIR} and {SOLUTION}")).shows("`cargo checker verify handshake`");
    let manifest = workbook.read(&format!("{DIR}/Cargo.toml"));
    assert!(manifest.contains("name = \"handshake\"") && manifest.contains("kind = \"build\""), "{manifest}");
    assert!(workbook.read(&format!("{SOLUTION}/Cargo.toml")).contains("name = \"handshake-solution\""));
    assert!(tree(&workbook.path(&format!("{DIR}/src"))) == tree(&workbook.path(&format!("{DIR}/.stub"))));
    let stub = workbook.checker("run handshake --format json").run().exits(1);
    assert_eq!(stub.json()[0]["checks"][0]["finding"]["kind"], "unfinished");
    let told = workbook.checker("verify handshake").run().exits(1);
    told.shows("places are still to be written:")
        .shows(&format!("{DIR}/README.md:3: say what the learner writes"))
        .shows(&format!("{SOLUTION}/src/lib.rs:1: write the solution"))
        .shows(&format!("{DIR}/src/lib.rs  unfinished"))
        .shows(&format!("{SOLUTION}/src/lib.rs  should pass; it got:"))
        .shows("unfinished at clause 1 (the_total_is_right, seed 7): not yet implemented: the solution")
        .shows(&format!("{SOLUTION}/rejected/one_mistake.rs  should get wrong-answer at clause 1"));
    // The rest of the course is as it was.
    workbook.checker("verify greet wave").run().exits(0);
}

/// The last lines of a program that does as it says.
fn program(first: &str, value: &str) -> String {
    format!("{first}\n\npub fn total(numbers: &[u64], _threads: usize) -> u64 {{\n    {value}\n}}\n")
}

#[test]
fn when_all_of_it_is_written_the_gate_is_green_but_for_the_review() {
    let workbook = Workbook::new();
    workbook.checker("new 01-greeting handshake --kind warm-up").run().exits(0);
    for dir in [DIR, SOLUTION] {
        for (name, text) in tree(&workbook.path(dir)) {
            let text = String::from_utf8(text).unwrap().replace("TODO: ", "");
            workbook.write(&format!("{dir}/{name}"), text);
        }
    }
    let right = "numbers.iter().sum()";
    workbook.write(&format!("{SOLUTION}/src/lib.rs"), program("//! The sum.", right));
    let told = workbook.checker("verify handshake").run().exits(1);
    told.shows("1 accepted and 1 rejected variants; there should be at least 2 and 4");
    for name in ["one_way", "another_way"] {
        let text = program("//! accepted: with an iterator", right);
        workbook.write(&format!("{SOLUTION}/accepted/{name}.rs"), text);
    }
    for name in ["one_mistake", "two", "three", "four"] {
        let text = program("//! breaks: clause 1 · finding: wrong-answer", "numbers.len() as u64 + 9");
        workbook.write(&format!("{SOLUTION}/rejected/{name}.rs"), text);
    }
    let told = workbook.checker("verify handshake").run().exits(1);
    told.shows("has not been reviewed").shows("8 passed, 1 failed");
}

#[test]
fn what_the_learner_repairs_is_wrong_on_purpose() {
    let workbook = Workbook::new();
    workbook.checker("new lessons/01-greeting handshake --kind repair").run().exits(0);
    let told = workbook.checker("verify handshake").run().exits(1);
    told.shows(&format!("{DIR}/src/lib.rs  wrong-answer at clause 1"));
}

#[test]
fn what_can_not_be_made_is_refused_and_changes_nothing() {
    let workbook = Workbook::new();
    workbook.write("Cargo.lock", "[[package]]\nname = \"crossbeam\"\nversion = \"1.0.0\"\n");
    workbook.write("solutions/01-greeting/half-made/notes.txt", "mine");
    // What the first command of a workbook writes there.
    workbook.checker("list").run().exits(0);
    let before = tree(&workbook.path(""));
    let refused = |arguments: &str, why: &str| {
        workbook.checker(&format!("new {arguments}")).run().exits(2).complains(why);
        assert!(tree(&workbook.path("")) == before, "`new {arguments}` has changed something");
    };
    refused("9 handshake", "there is no lesson `9`; the lessons are 01-greeting");
    refused("greeting handshake", "there is no lesson `greeting`");
    refused("1 greet", "the name `greet` is taken: exercises/01-greeting/greet has it");
    refused("1 crossbeam", "this workbook has a crate `crossbeam`");
    refused("1 half-made", "there is already something at solutions/01-greeting/half-made");
    refused("1 async", "`async` means something to Rust or cargo");
    for name in
        ["Handshake", "hand_shake", "hand--shake", "../handshake", "9lives", "handshake-", "händedruck"]
    {
        refused(&format!("1 {name}"), &format!("`{name}` can't be the name of an exercise"));
    }
    refused("1", "NAME");
    refused("1 handshake --kind essay", "possible values: build, repair, warm-up");
}
