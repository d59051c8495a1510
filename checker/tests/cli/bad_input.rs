//! Trouble that is not the learner's: a clear error with the next step, exit status 2, and nothing lost.

use crate::workbook::Workbook;

#[test]
fn an_unknown_exercise_names_the_nearest() {
    let workbook = Workbook::new();
    workbook
        .checker("run gret")
        .run()
        .exits(2)
        .complains("did you mean `greet`")
        .complains("cargo checker list");
    workbook.checker("hint xyzzy").run().exits(2).complains("there is no exercise `xyzzy`");
}

#[test]
fn an_unknown_check_names_the_nearest() {
    let workbook = Workbook::new();
    let ended = workbook.checker("replay greet never_wait --seed 1").run();
    ended.exits(2).complains("there is no check `never_wait`; did you mean `never_waits`");
}

#[test]
fn a_missing_source_file_is_named() {
    Workbook::new()
        .checker("run greet --source gone.rs")
        .run()
        .exits(2)
        .complains("there is no file gone.rs");
}

#[test]
fn a_folder_is_not_a_source_file() {
    let ended = Workbook::new().checker("run greet --source exercises").run();
    ended.exits(2).complains("exercises is a folder; name a Rust file");
}

#[test]
fn a_source_file_that_is_not_text_is_named() {
    let workbook = Workbook::new();
    workbook.write("bytes.rs", b"//! fine\n\xff\xfe");
    workbook
        .checker("run greet --source bytes.rs")
        .run()
        .exits(2)
        .complains("bytes.rs is not UTF-8 (line 2)");
}

#[test]
fn one_source_file_can_not_answer_two_exercises() {
    let workbook = Workbook::new();
    workbook.write("a.rs", "");
    workbook
        .checker("run greet wave --source a.rs")
        .run()
        .exits(2)
        .complains("--source needs the name of the one");
}

#[test]
fn an_exercise_without_checks_says_where_they_belong() {
    let workbook = Workbook::new();
    workbook.remove("exercises/01-greeting/greet/tests/checks.rs");
    let ended = workbook.checker("run greet").run().exits(2).complains("greet has no checks");
    ended.complains("exercises/01-greeting/greet/tests/checks.rs");
}

#[test]
fn a_target_folder_that_can_not_be_written_says_what_to_do() {
    let workbook = Workbook::new();
    workbook.write("taken", "a file is where the folder should be");
    let ended = workbook.checker("run greet").env("CARGO_TARGET_DIR", workbook.path("taken")).run();
    ended.exits(2).complains("could not write to").complains("set CARGO_TARGET_DIR to a writable folder");
}

#[test]
fn no_rust_on_the_path_says_where_to_get_it() {
    let workbook = Workbook::new();
    let ended = workbook.checker("run greet").env("PATH", "").env_remove("CARGO").run();
    ended.exits(2).complains("rustc was not found").complains("https://rustup.rs");
}

#[test]
fn no_cargo_on_the_path_says_where_to_get_it() {
    let workbook = Workbook::new();
    let target = workbook.path("target");
    let rustc = std::env::var_os("CARGO").map(|cargo| std::path::Path::new(&cargo).with_file_name("rustc"));
    let ended =
        workbook.checker("run greet").env("PATH", "").env_remove("CARGO").env("CARGO_TARGET_DIR", target);
    ended
        .env("RUSTC", rustc.unwrap())
        .run()
        .exits(2)
        .complains("cargo is needed")
        .complains("https://rustup.rs");
}

/// As in a lab, where nobody can write to what all share.
#[cfg(unix)]
#[test]
fn a_base_that_is_shared_is_read_and_not_built_again() {
    use std::os::unix::fs::PermissionsExt;
    let workbook = Workbook::new();
    // It is there afterwards.
    workbook.checker("run greet --source solutions/01-greeting/greet/src/lib.rs").run();
    let built = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixture/sim");
    let shared = workbook.path("shared");
    std::fs::create_dir(&shared).unwrap();
    std::fs::copy(built.join("stamp.json"), shared.join("stamp.json")).unwrap();
    std::fs::set_permissions(&shared, std::fs::Permissions::from_mode(0o555)).unwrap();
    let ended = workbook
        .checker("run greet --source solutions/01-greeting/greet/src/lib.rs")
        .env("CARGO_TARGET_DIR", workbook.path("own"))
        .env("CHECKER_BASE", &shared)
        .run()
        .exits(0);
    assert!(!ended.stderr().contains("building"), "{}", ended.stderr());
    assert!(!workbook.path("own/sim/base").exists());
    // Of another release, nothing of it is used.
    workbook.write("checker/harness/src/lib.rs", "pub fn nothing( {");
    let ended = workbook
        .checker("run greet")
        .env("CARGO_TARGET_DIR", workbook.path("own"))
        .env("CHECKER_BASE", &shared)
        .run();
    ended
        .exits(2)
        .complains("has no base for this release")
        .complains("the simulated std could not be built");
}

/// The machine lacks something, so nothing is said of the program, and nothing is kept.
#[test]
fn no_linker_on_the_path_is_trouble_of_the_machine() {
    let workbook = Workbook::new();
    let rustc = std::env::var_os("CARGO").map(|cargo| std::path::Path::new(&cargo).with_file_name("rustc"));
    let ended = workbook.checker("run greet").env("PATH", "").env("RUSTC", rustc.unwrap()).run();
    ended.exits(2).complains("linker");
    workbook.checker("list").run().exits(0).shows("not run yet");
}

#[test]
fn outside_of_a_workbook_one_is_told_where_to_go() {
    let elsewhere = tempfile::tempdir().unwrap();
    let ended = Workbook::new().checker("list").current_dir(elsewhere.path()).run();
    ended.exits(2).complains("no workbook at").complains("the folder you cloned the workbook into");
}

#[test]
fn a_broken_manifest_is_left_out_and_named() {
    let workbook = Workbook::new();
    workbook.write("exercises/01-greeting/wave/Cargo.toml", "[package]\nname = \"wave\"\n");
    let ended = workbook.checker("list").run().exits(0).shows("greet");
    ended.complains("no [package.metadata.workbook] section");
}

#[test]
fn progress_that_can_not_be_read_is_kept_aside() {
    let workbook = Workbook::new();
    workbook.write(".workbook/progress.json", "{\"version\":1,\"exer");
    workbook.checker("list").run().exits(0).complains("it is kept as").shows("not run yet");
    assert_eq!(workbook.read(".workbook/progress.json.kept-1"), "{\"version\":1,\"exer");
}

#[test]
fn a_base_that_does_not_build_is_not_the_learners_fault() {
    let workbook = Workbook::new();
    workbook.write("checker/harness/src/lib.rs", "pub fn nothing( {");
    let ended = workbook.checker("run greet").env("CARGO_TARGET_DIR", workbook.path("target")).run();
    ended.exits(2).complains("the simulated std could not be built");
}

#[test]
fn a_wrong_option_is_explained() {
    Workbook::new().checker("run --schedules 0").run().exits(2).complains("--schedules");
}

#[cfg(unix)]
#[test]
fn a_compiler_that_is_killed_or_has_a_full_disk_is_no_failure_of_the_program() {
    use std::os::unix::fs::PermissionsExt;
    let full = r#"echo '{"message":"failed to write x: No space left on device (os error 28)","code":null,"level":"error","spans":[],"rendered":"error: failed to write"}' >&2; exit 1"#;
    for (what, says) in [("kill -9 $$", "killed from outside"), (full, "the disk is full")] {
        let workbook = Workbook::new();
        workbook.learner_writes("greet", "let _ = check; \"pass\"");
        workbook.checker("run greet").run().exits(0);
        let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
        let script = format!(
            "#!/bin/sh\ncase \"$*\" in *\"--emit=link,dep-info\"*) {what};; esac\nexec {rustc} \"$@\"\n"
        );
        workbook.write("rustc.sh", script);
        let path = workbook.path("rustc.sh");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        workbook.checker("run greet").env("RUSTC", &path).run().exits(2).complains(says);
    }
}

#[test]
fn no_text_of_the_programs_is_taken_for_a_fault_of_the_machine() {
    for text in ["linking with `cc` failed", "failed to write: No space left on device (os error 28)"] {
        let workbook = Workbook::new();
        workbook.learner_writes("greet", &format!("compile_error!({text:?})"));
        workbook.checker("run greet").run().exits(1).shows("does-not-compile");
    }
}

#[cfg(unix)]
#[test]
fn a_source_file_that_is_a_link_gets_the_verdict_of_its_program() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", "let _ = check; \"pass\"");
    let source = workbook.path("exercises/01-greeting/greet/src/lib.rs");
    let kept = workbook.path("kept.rs");
    std::fs::rename(&source, &kept).unwrap();
    std::os::unix::fs::symlink(&kept, &source).unwrap();
    workbook.checker("run greet").run().exits(0);
}

#[test]
fn a_name_with_an_escape_does_not_act_on_the_terminal() {
    let workbook = Workbook::new();
    for arguments in
        ["hint \u{1b}[2Jx", "grade none\u{1b}[31m --out marks", "run greet --source gone\u{1b}]0;x\u{7}.rs"]
    {
        let ended = workbook.checker(arguments).run().exits(2);
        assert!(!ended.stderr().contains(['\u{1b}', '\u{7}']), "{:?}", ended.stderr());
    }
}
