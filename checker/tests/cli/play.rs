//! A lesson's game in the terminal.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What `play` says when this is typed.
fn play(lesson: &str, typed: &str) -> (String, String, Option<i32>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut child = Command::new(env!("CARGO_BIN_EXE_checker"))
        .current_dir(root)
        .args(["play", lesson])
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The game may be over before all of it is typed.
    let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
    let ended = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(ended.stdout), text(ended.stderr), ended.status.code())
}

#[test]
fn the_deadlock_of_two_cooks_is_reached_by_hand() {
    // Ada takes the knife, Bob the board, and each asks for what the other one has.
    let (said, _, code) = play("12", "main\nada\nada\nmain\nbob\nbob\nada\nbob\n");
    assert_eq!(code, Some(0));
    assert!(said.contains("You are the scheduler. Bring the program to a standstill."), "{said}");
    assert!(said.contains("You have done it, in 8 moves and"), "{said}");
    assert!(said.contains("2  ada   waits for a Mutex held by `bob`"), "{said}");
}

#[test]
fn moves_are_undone_and_shown_and_refused_with_a_reason() {
    let (said, _, code) = play("12", "2\nthe cook\n1\nu\nu\nu\ns\nr\nq\n");
    assert_eq!(code, Some(0));
    for line in
        ["`the cook` is no move here.", "One move back.", "There is no move to undo.", "From the beginning."]
    {
        assert!(said.contains(line), "no `{line}` in {said}");
    }
    let (said, ..) = play("12", "3\n");
    assert!(said.contains("`bob` can't go on: it was not started yet."), "{said}");
}

#[test]
fn every_lesson_is_won_by_what_is_shown() {
    for lesson in 1..=13 {
        let (said, trouble, code) = play(&lesson.to_string(), &"s\n".repeat(30));
        assert_eq!(code, Some(0), "{trouble}");
        assert!(said.contains("You have done it, in "), "lesson {lesson}: {said}");
    }
}

#[test]
fn a_change_is_played_as_the_program_is() {
    let (said, ..) = play("12", &format!("m1\n{}m2\ns\nm0\nm9\n", "s\n".repeat(14)));
    for line in [
        "mends it so, or does not: Both cooks take their two things in one function.",
        "It does not hold: there is still a way.",
        "You have done it, in ",
        "It holds: of the ",
        "From here the goal can't be reached any more.",
        "The program as it was.",
        "`m9` is no move here.",
    ] {
        assert!(said.contains(line), "no `{line}` in {said}");
    }
}
