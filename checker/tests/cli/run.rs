//! Judging exercises, and what is said of them.

use crate::workbook::Workbook;

#[test]
fn a_pass_says_how_many_schedules_were_explored() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", r#"if check.is_empty() { "race" } else { "pass" }"#);
    let ended = workbook.checker("run greet").run().exits(0);
    insta::assert_snapshot!(ended.screen());
}

#[test]
fn a_pass_says_of_what_every_interleaving_was_tried() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", r#"if check == "never_waits" { "pass all" } else { "pass" }"#);
    let ended = workbook.checker("run greet").run().exits(0);
    ended.shows("and every interleaving of 2 guests and 2 hosts (1,042)");
}

#[test]
fn a_failed_check_explains_itself() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", r#"if check == "never_waits" { "deadlock" } else { "pass" }"#);
    let ended = workbook.checker("run greet").run().exits(1);
    insta::assert_snapshot!(ended.screen());
}

#[test]
fn a_narrow_terminal_gets_narrow_lines() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", r#"if check == "never_waits" { "deadlock" } else { "pass" }"#);
    let ended = workbook.checker("run greet").env("COLUMNS", "44").run().exits(1);
    insta::assert_snapshot!(ended.screen());
}

#[test]
fn a_stub_is_unfinished_and_says_so_once() {
    let ended = Workbook::new().checker("run greet").run().exits(1);
    insta::assert_snapshot!(ended.screen());
}

#[test]
fn the_exercise_has_its_own_words_for_a_finding() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", r#"if check.is_empty() { "" } else { "deadlock" }"#);
    let sections = "# Explanations\n\n## deadlock\n\nA guest is missing.\n\n## deadlock, clause 2\n\nThe door is shut.\n";
    workbook.write("exercises/01-greeting/greet/explanations.md", sections);
    let ended = workbook.checker("run greet --source solutions/01-greeting/greet/rejected/waits_1.rs").run();
    ended.exits(1).shows("The door is shut.");
    workbook.checker("run greet").run().exits(1).shows("A guest is missing.");
}

#[test]
fn without_a_name_every_exercise_is_judged() {
    let ended = Workbook::new().checker("run").run().exits(1);
    ended.shows("greet: unfinished").shows("wave: unfinished");
}

#[test]
fn json_has_the_documented_shape_and_nothing_else_is_on_stdout() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", r#"if check == "never_waits" { "deadlock" } else { "pass" }"#);
    let mut json = workbook.checker("run greet --format json --seed 36").run().exits(1).json();
    assert!(json[0]["duration_ms"].take().is_u64());
    insta::assert_snapshot!(serde_json::to_string_pretty(&json).unwrap());
}

#[test]
fn json_of_a_program_that_does_not_compile_is_one_finding_on_the_exercise() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", "check.len()");
    let json = workbook.checker("run greet --format json").run().exits(1).json();
    assert_eq!(json[0]["verdict"], "failed");
    assert_eq!(json[0]["finding"]["kind"], "does-not-compile");
    assert!(json[0]["finding"]["message"].as_str().unwrap().contains("mismatched types"));
    assert_eq!(json[0]["checks"].as_array().unwrap().len(), 0);
}

#[test]
fn the_compilers_words_are_shown_whole_and_once() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", "check.len()");
    let ended =
        workbook.checker("run greet").run().exits(1).shows("exercises/01-greeting/greet/src/lib.rs:4:5");
    assert_eq!(ended.stdout().matches("mismatched types").count(), 1);
}

#[test]
fn a_changed_signature_is_shown_where_the_checks_use_it() {
    let workbook = Workbook::new();
    workbook.write("exercises/01-greeting/greet/src/lib.rs", "//! Greetings.\n\npub fn at() {}\n");
    workbook.checker("run greet").run().exits(1).shows("does-not-compile").shows("tests/checks.rs");
}

#[test]
fn a_syntax_error_is_the_learners_to_mend() {
    let workbook = Workbook::new();
    workbook.write("exercises/01-greeting/greet/src/lib.rs", "pub fn at( {");
    workbook.checker("run greet").run().exits(1).shows("does-not-compile");
}

#[test]
fn warnings_are_shown_and_do_not_fail() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", r#"let unused = 1; if check.is_empty() { "" } else { "pass" }"#);
    workbook.checker("run greet").run().exits(0).shows("unused variable: `unused`").shows("greet: passed");
}

#[test]
fn undecided_is_not_failed_and_not_passed() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", r#"if check.is_empty() { "" } else { "undecided" }"#);
    let json = workbook.checker("run greet --format json").run().exits(1).json();
    assert_eq!(json[0]["verdict"], "undecided");
}

#[test]
fn replay_shows_the_steps_side_by_side() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", r#"if check == "never_waits" { "deadlock" } else { "pass" }"#);
    let ended = workbook.checker("replay greet never_waits --seed 7").run().exits(1);
    insta::assert_snapshot!(ended.screen());
}

#[test]
fn replay_as_json_has_the_documented_shape() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", r#"if check == "never_waits" { "deadlock" } else { "pass" }"#);
    let json = workbook.checker("replay greet never_waits --seed 7 --format json").run().exits(1).json();
    insta::assert_snapshot!(serde_json::to_string_pretty(&json).unwrap());
}

#[test]
fn replay_as_a_picture_is_svg_and_nothing_else() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", r#"if check == "never_waits" { "deadlock" } else { "pass" }"#);
    let svg = workbook.checker("replay greet never_waits --seed 7 --format svg").run().exits(1).stdout();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{svg}");
    assert!(svg.contains("prefers-color-scheme:dark") && svg.contains("send channel #1"), "{svg}");
    workbook.learner_writes("greet", r#"if check.is_empty() { "" } else { "pass" }"#);
    let ended = workbook.checker("replay greet never_waits --seed 7 --format svg").run().exits(2);
    ended.complains("there is no failure to draw");
}

#[test]
fn replay_of_a_mended_check_says_that_it_passes() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", r#"if check.is_empty() { "" } else { "pass" }"#);
    workbook.checker("replay greet never_waits --seed 7").run().exits(0).shows("passes with seed 7");
}

#[test]
fn colour_is_for_those_who_want_it() {
    let workbook = Workbook::new();
    let plain = workbook.checker("run greet").run().stdout();
    assert!(!plain.contains('\u{1b}'), "{plain:?}");
    let coloured = workbook.checker("run greet").env("CLICOLOR_FORCE", "1").run().stdout();
    assert!(coloured.contains('\u{1b}'), "{coloured:?}");
    let refused =
        workbook.checker("run greet").env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").run().stdout();
    assert!(!refused.contains('\u{1b}'), "{refused:?}");
}

#[test]
fn a_program_that_holds_too_much_memory_goes_on_in_another_process_from_where_it_was() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", "let _ = check; \"pause\"");
    let json = workbook.checker("run greet --format json").run().exits(0).json();
    let checks = json[0]["checks"].as_array().unwrap();
    let seen = checks.iter().map(|check| (check["name"].as_str().unwrap(), &check["status"]));
    assert!(seen.eq([("greets_all", &"passed".into()), ("never_waits", &"passed".into())]), "{json:#}");
}

#[cfg(unix)]
#[test]
fn a_program_that_somebody_kills_is_asked_again_and_one_that_is_killed_each_time_has_crashed() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", r#"if check == "never_waits" { "killed once" } else { "pass" }"#);
    workbook.checker("run greet").run().exits(0);
    workbook.learner_writes("greet", r#"if check == "never_waits" { "killed" } else { "pass" }"#);
    workbook.checker("run greet").run().exits(1).shows("crashed").shows("it was killed (SIGKILL)");
}

#[cfg(target_os = "linux")]
#[test]
fn want_of_memory_in_the_shell_is_no_fault_of_the_program() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", "let _ = check; \"pass\"");
    // Nothing is built yet, and with so little nothing can be.
    let ended = workbook.checker("run greet").memory(350_000).run().exits(2);
    assert!(ended.stderr().contains("ulimit -v unlimited"), "{}", ended.stderr());
    workbook.checker("run greet").run().exits(0);
    // rustc alone maps more than this.
    let ended = workbook.checker("run greet").memory(200_000).run();
    assert_eq!(ended.0.status.code(), Some(2), "{}{}", ended.stdout(), ended.stderr());
    // How much is too little depends on the tools. Whatever it is, the program has not failed.
    for kib in [300_000, 350_000, 500_000] {
        let ended = workbook.checker("run greet").memory(kib).run();
        let told = [ended.stdout(), ended.stderr()].concat();
        match ended.0.status.code() {
            Some(0) => {}
            Some(2) => {
                // The tools themselves may not start with so little.
                assert!(told.contains("ulimit -v") || told.contains("error while loading"), "{told}");
            }
            code => panic!("{kib} KiB, {code:?}: {told}"),
        }
    }
}

#[test]
fn the_list_says_what_was_proven_of_the_programs_that_pass() {
    let workbook = Workbook::new();
    let list = workbook.checker("list").run().exits(0).stdout();
    assert!(!list.contains("Your programs have kept"), "{list}");
    workbook.learner_writes("greet", "\"pass\"");
    let json = workbook.checker("run greet --format json").run().exits(0).json();
    let schedules: u64 =
        json[0]["checks"].as_array().unwrap().iter().map(|check| check["schedules"].as_u64().unwrap()).sum();
    workbook
        .checker("list")
        .run()
        .exits(0)
        .shows(&format!("Your programs have kept 2 clauses in {} schedules.", thousands(schedules)));
    // What was edited since has to be judged again.
    workbook.learner_writes("greet", "\"pass\" // more");
    let list = workbook.checker("list").run().exits(0).stdout();
    assert!(!list.contains("Your programs have kept"), "{list}");
}

/// As people write it: `12,000`.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|it| std::str::from_utf8(it).unwrap()).collect();
    groups.join(",")
}
