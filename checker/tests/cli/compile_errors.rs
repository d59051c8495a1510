//! What a learner reads when a program does not compile: rustc's words over the real std, and ours where those would not help.

use crate::workbook::Workbook;

const SOURCE: &str = "exercises/01-greeting/greet/src/lib.rs";

/// What is said, with its lines joined.
fn said(workbook: &Workbook) -> String {
    let ended = workbook.checker("run greet").run().exits(1);
    ended.stdout().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn rustcs_words_are_those_over_the_real_std_with_its_suggestions() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", "let _ = Mutex::new(check); \"pass\"");
    let said = said(&workbook);
    assert!(said.contains("use std::sync::Mutex;") && !said.contains("simstd"), "{said}");
}

#[test]
fn what_the_real_std_accepts_and_the_simulated_one_does_not_is_a_fault_of_ours() {
    let workbook = Workbook::new();
    let target = workbook.path("target");
    let simstd = "checker/simstd/src/lib.rs";
    workbook.write(simstd, workbook.read(simstd) + "\npub mod char {\n    //! With nothing in it.\n}\n");
    workbook.learner_writes("greet", "let _ = (check, std::char::from_u32(7)); \"pass\"");
    let ended = workbook.checker("run greet").env("CARGO_TARGET_DIR", &target).run().exits(2);
    ended.complains("The workbook is at fault, not your program").complains("from_u32").complains(SOURCE);
    // Nothing is recorded of it.
    workbook.checker("list").run().exits(0).shows("not run yet");
}

#[test]
fn a_crate_that_is_not_there_is_told_in_the_learners_words() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", "let _ = (check, tokio::spawn(1)); \"pass\"");
    let said = said(&workbook);
    assert!(
        said.contains(
            "The program has no module `tokio`. If that is a crate: an exercise may use only `std`"
        ),
        "{said}"
    );
}

#[test]
fn what_is_missing_or_different_is_named_from_the_error() {
    let workbook = Workbook::new();
    let told = |program: &str, what: &str| {
        workbook.write(SOURCE, program);
        let said = said(&workbook);
        assert!(said.contains(what), "{what}\n{said}");
    };
    told(
        "pub fn att(_: &str) -> &'static str { \"pass\" }",
        "has no `at`, which the checks call by that name. There is a similar name: `att`.",
    );
    told(
        "pub fn at(_: u32) -> &'static str { \"pass\" }",
        &format!("`at` in {SOURCE}:1 does not have the signature in the README."),
    );
}

#[test]
fn a_crate_that_is_not_simulated_is_refused_in_the_learners_words() {
    let workbook = Workbook::new();
    let manifest = "exercises/01-greeting/greet/Cargo.toml";
    workbook.write(manifest, workbook.read(manifest) + "\n[dependencies]\ntokio = \"1\"\n");
    workbook.learner_writes("greet", "let _ = check; \"pass\"");
    let said = said(&workbook);
    assert!(said.contains("greet · forbidden `tokio` is in the exercise's Cargo.toml"), "{said}");
    assert!(!said.contains("checker/overlay"), "{said}");
}
