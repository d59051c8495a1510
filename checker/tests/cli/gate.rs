//! The author's gate, on a workbook in which something is wrong.

use crate::workbook::Workbook;

#[test]
fn a_whole_workbook_passes() {
    let ended = Workbook::new().checker("verify").run().exits(0);
    insta::assert_snapshot!(ended.screen());
}

#[test]
fn repeats_are_compared() {
    let workbook = Workbook::new();
    let coin = workbook.path("coin");
    let fickle = format!(
        "//! breaks: clause 2 · finding: deadlock\n\npub fn at(check: &str) -> &'static str {{\n    \
         if check == \"greets_all\" || std::fs::read({coin:?}).is_ok() {{ return \"pass\"; }}\n    \
         std::fs::write({coin:?}, \"\").unwrap();\n    \"deadlock\"\n}}\n"
    );
    workbook.write("solutions/01-greeting/greet/rejected/waits_1.rs", fickle);
    let ended = workbook.checker("verify greet --repeat 3").run().exits(1);
    ended.shows("run 2 of 3 had another verdict").shows("1 failed");
}

#[test]
fn a_variant_with_another_finding_fails_and_says_what_it_got() {
    let workbook = Workbook::new();
    let wrong =
        workbook.read("solutions/01-greeting/greet/rejected/waits_1.rs").replace("clause 2", "clause 1");
    workbook.write("solutions/01-greeting/greet/rejected/waits_1.rs", wrong);
    let ended = workbook.checker("verify greet").run().exits(1);
    ended
        .shows("should get deadlock at clause 1; it got:")
        .shows("deadlock at clause 2 (never_waits, seed 7)");
}

#[test]
fn a_header_that_can_not_be_read_fails() {
    let workbook = Workbook::new();
    workbook.write("solutions/01-greeting/greet/rejected/waits_1.rs", "//! wrong\n");
    workbook.checker("verify greet").run().exits(1).shows("the first line is not `//! breaks: clause N");
}

#[test]
fn a_stub_that_passes_fails() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", r#"if check.is_empty() { "" } else { "pass" }"#);
    workbook.checker("verify greet").run().exits(1).shows("the stub should be unfinished; it got: passed");
}

#[test]
fn a_missing_hint_fails() {
    let workbook = Workbook::new();
    workbook.write("exercises/01-greeting/greet/hints.md", "## One\n\nTry.\n");
    workbook.checker("verify greet").run().exits(1).shows("hints.md: there should be 3 hints; there are 1");
}

#[test]
fn a_hint_says_for_which_findings_it_is() {
    let workbook = Workbook::new();
    let file = "exercises/01-greeting/greet/hints.md";
    let hints = workbook.read(file);
    let fails = |mark: &str, why: &str| {
        workbook.write(file, hints.replace("<!-- for: deadlock -->", mark));
        workbook.checker("verify greet").run().exits(1).shows(why);
    };
    fails("<!-- for: deadlock, dedlock -->", "`dedlock` is not a kind of finding");
    fails("<!-- for deadlock -->", "`<!-- for deadlock -->` is not `<!-- for: KIND, KIND -->`");
    let missing = "no hint has a line `<!-- for: KIND -->` with a finding of the rejected variants";
    fails("", missing);
    // No program here gets that one.
    fails("<!-- for: too-late -->", missing);
}

#[test]
fn an_explanation_sends_learners_to_a_place_that_is_there() {
    let workbook = Workbook::new();
    let fails = |text: &str, why: &str| {
        let section = format!("# Explanations\n\n## deadlock\n\nSomebody waits. {text}\n");
        workbook.write("exercises/01-greeting/greet/explanations.md", section);
        workbook.checker("verify greet").run().exits(1).shows(why);
    };
    fails("See lessons/01-waving.", "names the lesson `01-waving`");
    fails("See lessons/01-greeting, on\nwaving.", "lessons/01-greeting has nothing in bold on `waving`");
    let lesson = "lessons/01-greeting/README.md";
    workbook.write(lesson, workbook.read(lesson) + "\n- **Meeting, and\n  waving.** Two do it.\n");
    workbook.checker("verify greet").run().exits(0);
}

#[test]
fn each_finding_of_a_rejected_variant_has_words_of_its_own() {
    let workbook = Workbook::new();
    let both = "//! breaks: clause 2 · finding: deadlock\n\npub fn at(check: &str) -> &'static str {\n    \
                if check == \"never_waits\" { \"deadlock\" } else { \"race\" }\n}\n";
    workbook.write("solutions/01-greeting/greet/rejected/waits_1.rs", both);
    let ended = workbook.checker("verify greet").run().exits(1);
    ended.shows("explanations.md has no section `## race` for its race at clause 1");
}

#[test]
fn what_learners_read_of_a_rejected_variant_has_been_reviewed() {
    let workbook = Workbook::new();
    let (solution, texts) = ("solutions/01-greeting/greet", "solutions/01-greeting/greet/explanations.snap");
    let (wrong, reviewed) = (workbook.read(&format!("{solution}/rejected/waits_1.rs")), workbook.read(texts));
    workbook.write(&format!("{solution}/rejected/waits_9.rs"), &wrong);
    let ended = workbook.checker("verify greet").run().exits(1);
    ended.shows("has no text of rejected/waits_9.rs").shows("INSTA_UPDATE=always EXERCISES=greet");
    workbook.remove(&format!("{solution}/rejected/waits_9.rs"));
    workbook.checker("verify greet").run().exits(0);
    workbook.write(
        texts,
        workbook.read(texts) + "\n════ rejected/waits_9.rs · breaks: clause 2 · finding: deadlock\n",
    );
    workbook
        .checker("verify greet")
        .run()
        .exits(1)
        .shows("has a text of rejected/waits_9.rs, which no longer exists");
    workbook.remove(texts);
    workbook.checker("verify greet").run().exits(1).shows("has not been reviewed");
    workbook.write(texts, &reviewed);
    workbook.write(&format!("{texts}.new"), "");
    workbook.checker("verify greet").run().exits(1).shows("explanations.snap.new waits for a review");
}

#[test]
fn a_clause_without_a_check_fails() {
    let workbook = Workbook::new();
    let readme = workbook.read("exercises/01-greeting/greet/README.md");
    let readme = readme.replace("for ever.\n", "for ever.\n3. **More.** There is more.\n");
    workbook.write("exercises/01-greeting/greet/README.md", readme);
    workbook.checker("verify greet").run().exits(1).shows("no check for clause 3");
}

#[test]
fn a_missing_snapshot_fails() {
    let workbook = Workbook::new();
    let checks = workbook.read("exercises/01-greeting/greet/tests/checks.rs");
    workbook.write(
        "exercises/01-greeting/greet/tests/checks.rs",
        format!("{checks}\n// check.snapshot(\"run\")\n"),
    );
    workbook.remove("exercises/01-greeting/greet/tests/snapshots/checks__run.snap");
    workbook.checker("verify greet").run().exits(1).shows("has no snapshot");
}

#[test]
fn the_word_snapshot_alone_asks_for_no_file() {
    let workbook = Workbook::new();
    let checks = "exercises/01-greeting/greet/tests/checks.rs";
    workbook.write(checks, workbook.read(checks) + "\n// A snapshot of the counts is taken.\n");
    workbook.remove("exercises/01-greeting/greet/tests/snapshots/checks__run.snap");
    workbook.checker("verify greet").run().exits(0);
}

#[test]
fn a_program_to_repair_must_get_the_finding_it_starts_with() {
    let workbook = Workbook::new();
    let manifest = "exercises/01-greeting/greet/Cargo.toml";
    let repair = "minutes = 5\nkind = \"repair\"\nstarts-with = \"clause 2 · finding: deadlock\"";
    workbook.write(manifest, workbook.read(manifest).replace("minutes = 5", repair));
    let unfinished = workbook.checker("verify greet").run().exits(1);
    unfinished.shows("should get deadlock at clause 2; it got:");
    workbook.learner_writes("greet", r#"if check == "never_waits" { "deadlock" } else { "pass" }"#);
    workbook.checker("verify greet").run().exits(0).shows("greet/src/lib.rs  deadlock at clause 2");
    workbook.checker("list").run().exits(0).shows("to repair");
}

#[test]
fn a_program_to_repair_says_what_it_starts_with() {
    let workbook = Workbook::new();
    let manifest = "exercises/01-greeting/greet/Cargo.toml";
    let repair = workbook.read(manifest).replace("minutes = 5", "minutes = 5\nkind = \"repair\"");
    workbook.write(manifest, repair);
    workbook.checker("verify greet").run().exits(1).shows("a program to repair needs `starts-with");
}
