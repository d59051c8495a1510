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
    assert!(said.contains("You have reached the goal, in 8 moves and"), "{said}");
    assert!(said.contains("2  ada   waits for a Mutex held by `bob`"), "{said}");
}

#[test]
fn moves_are_undone_and_shown_and_refused_with_a_reason() {
    let (said, _, code) = play("12", "2\nthe cook\n1\nu\nu\nu\ns\nr\nq\n");
    assert_eq!(code, Some(0));
    for line in [
        "`the cook` is not a move here.",
        "One move back.",
        "There is no move to undo.",
        "From the beginning.",
    ] {
        assert!(said.contains(line), "no `{line}` in {said}");
    }
    let (said, ..) = play("12", "3\n");
    assert!(said.contains("`bob` can't run: it has not been started yet."), "{said}");
}

#[test]
fn a_lesson_without_a_game_says_so_and_names_another() {
    let (_, trouble, code) = play("14", "q\n");
    assert_eq!(code, Some(2));
    assert!(
        trouble.contains("lesson 14 has no game that can be played; `cargo checker play 1`"),
        "{trouble}"
    );
}

#[test]
fn every_lesson_is_won_by_what_is_shown() {
    for lesson in 1..=13 {
        let (said, trouble, code) = play(&lesson.to_string(), &"s\n".repeat(30));
        assert_eq!(code, Some(0), "{trouble}");
        assert!(said.contains("You have reached the goal, in "), "lesson {lesson}: {said}");
    }
}

#[test]
fn a_change_is_played_as_the_program_is() {
    let (said, ..) = play("12", &format!("m1\n{}m2\ns\nm0\nm9\n", "s\n".repeat(14)));
    for line in [
        "try this change, which may mend the program: Both cooks take their two things in one function.",
        "This change does not mend the program: there is still a way to the goal.",
        "You have reached the goal, in ",
        "This change mends the program: none of its ",
        "From here the goal can't be reached any more.",
        "The original program.",
        "`m9` is not a move here.",
    ] {
        assert!(said.contains(line), "no `{line}` in {said}");
    }
}
