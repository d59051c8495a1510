//! The watch view, used as a learner uses it: through a terminal, with keys and saves.

use crate::terminal::Terminal;
use crate::workbook::Workbook;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use std::thread;
use std::time::{Duration, Instant};

const PASS: &str = r#"if check.is_empty() { "" } else { "pass" }"#;
const DEADLOCK: &str = r#"if check == "never_waits" { "deadlock" } else { "pass" }"#;

/// A program that never ends, and says which process it is in.
fn hangs(workbook: &Workbook) -> String {
    let file = workbook.path("pid");
    format!(
        "let new = {file:?}.to_owned() + &std::process::id().to_string(); std::fs::write(&new, std::process::id().to_string()).unwrap(); \
         std::fs::rename(&new, {file:?}).unwrap(); while !check.is_empty() {{ std::thread::park() }} \"\""
    )
}

fn learners(workbook: &Workbook) -> Pid {
    let start = Instant::now();
    while !workbook.path("pid").exists() {
        assert!(start.elapsed() < Duration::from_secs(60), "the learner's program never ran");
        thread::sleep(Duration::from_millis(5));
    }
    Pid::from_raw(workbook.read("pid").parse().unwrap()).unwrap()
}

#[track_caller]
fn is_gone(process: Pid) {
    let start = Instant::now();
    while test_kill_process(process).is_ok() {
        assert!(start.elapsed() < Duration::from_secs(5), "the learner's program has lived on");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_deadlock_is_reported_and_then_mended_while_the_view_stays() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", DEADLOCK);
    let mut terminal = Terminal::open(&workbook, "", &[]);
    terminal.shows("✗ 2. Waiting.");
    terminal.shows("✓ 1. Greeting.");
    terminal.shows("never_waits · clause 2 · deadlock");
    workbook.learner_writes("greet", PASS);
    terminal.shows("✓ passed · 2 checks");
    terminal.shows("✓ 2. Waiting.");
    terminal.shows("1 of 2 exercises · 10 of 20 points");
    terminal.press("q");
    terminal.ends(0);
}

#[test]
fn keys_and_saves_are_answered_while_a_program_hangs() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", &hangs(&workbook));
    let mut terminal = Terminal::open(&workbook, "watch greet", &[]);
    let first = learners(&workbook);
    terminal.press("h");
    terminal.shows("Write down who greets whom.");
    terminal.press("\u{1b}");
    terminal.shows("Nothing has failed so far.");
    workbook.remove("pid");
    workbook.learner_writes("greet", PASS);
    terminal.shows("✓ passed");
    is_gone(first);
    workbook.learner_writes("greet", &hangs(&workbook));
    let second = learners(&workbook);
    terminal.press("q");
    terminal.ends(0);
    is_gone(second);
}

#[test]
fn sigterm_and_a_closed_window_leave_no_child_and_a_sane_terminal() {
    for signal in [Signal::TERM, Signal::HUP] {
        let workbook = Workbook::new();
        workbook.learner_writes("greet", &hangs(&workbook));
        let terminal = Terminal::open(&workbook, "", &[]);
        let learners = learners(&workbook);
        kill_process(Pid::from_raw(terminal.id() as i32).unwrap(), signal).unwrap();
        terminal.ends(0);
        is_gone(learners);
    }
}

#[test]
fn ctrl_c_leaves_no_child_and_a_sane_terminal() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", &hangs(&workbook));
    let mut terminal = Terminal::open(&workbook, "", &[]);
    let learners = learners(&workbook);
    terminal.press("\u{3}");
    terminal.ends(0);
    is_gone(learners);
}

#[test]
fn a_gigabyte_of_output_does_not_take_the_view_with_it() {
    let workbook = Workbook::new();
    let flood = "let line = \"x\".repeat(1 << 20); for _ in 0..1024 { println!(\"{line}\"); } \
                 if check.is_empty() { \"\" } else { \"pass\" }";
    workbook.learner_writes("greet", flood);
    let mut terminal = Terminal::open(&workbook, "", &[]);
    terminal.shows("it printed too much");
    workbook.learner_writes("greet", PASS);
    terminal.shows("✓ passed");
    terminal.press("q");
    terminal.ends(0);
}

#[test]
fn files_of_other_exercises_do_not_start_a_run() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", DEADLOCK);
    let mut terminal = Terminal::open(&workbook, "watch greet", &[]);
    terminal.shows("✗ failed · 1 of 2");
    terminal.press("h");
    terminal.shows("Hint 1 of 3");
    workbook.learner_writes("wave", PASS);
    workbook.write(
        "exercises/01-greeting/greet/README.md",
        workbook.read("exercises/01-greeting/greet/README.md"),
    );
    thread::sleep(Duration::from_millis(700));
    // A run would have gone back to the verdict.
    assert!(terminal.text().contains("Hint 1 of 3"), "{}", terminal.text());
    terminal.press("q");
    terminal.ends(0);
}

#[test]
fn each_key_has_its_pane() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", DEADLOCK);
    let mut terminal = Terminal::open(&workbook, "watch greet", &[]);
    terminal.shows("✗ failed · 1 of 2");
    terminal.press("t");
    terminal.shows("send channel #1");
    terminal.press("i");
    terminal.shows("Two threads greet.");
    terminal.press("o");
    terminal.shows("Two threads meet.");
    terminal.press("c");
    terminal.shows("after this one has passed");
    terminal.press("l/wav");
    terminal
        .until("the list is filtered", |screen| screen.contains("/wav_") && !screen.contains("> ✗ greet"));
    terminal.press("\r");
    terminal.shows("wave  Wave");
    terminal.shows("○ unfinished");
    terminal.press("p");
    terminal.shows("greet  Greet");
    terminal.press("n");
    terminal.shows("wave  Wave");
    terminal.press("q");
    terminal.ends(0);
}

#[test]
fn reset_asks_first_and_keeps_what_was_written() {
    let workbook = Workbook::new();
    workbook.checker("list").run().exits(0);
    workbook.learner_writes("greet", PASS);
    let mut terminal = Terminal::open(&workbook, "watch greet", &[]);
    terminal.shows("✓ passed");
    terminal.press("x");
    terminal.shows("Reset greet to its original state?");
    terminal.press("y");
    terminal.shows("your file is kept as .workbook/backup/greet/lib.rs.kept-1");
    terminal.shows("○ unfinished");
    assert!(workbook.read(".workbook/backup/greet/lib.rs.kept-1").contains("\"pass\""));
    terminal.press("q");
    terminal.ends(0);
}

#[test]
fn the_editor_gets_the_terminal_and_gives_it_back() {
    let workbook = Workbook::new();
    workbook.write(
        "ed.sh",
        "#!/bin/sh\nprintf 'the editor is here'\nread line\nsed -i s/unfinished/pass/ \"$1\"\n",
    );
    let editor = format!("sh {}", workbook.path("ed.sh").display());
    let mut terminal = Terminal::open(&workbook, "watch greet", &[("VISUAL", &editor)]);
    terminal.shows("○ unfinished");
    terminal.press("e");
    terminal.shows("the editor is here");
    terminal.press("\r");
    terminal.shows("✓ passed");
    terminal.press("q");
    terminal.ends(0);
}

#[test]
fn narrow_wide_plain_and_colourless_terminals_are_usable() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", DEADLOCK);
    let variables = [("LANG", "C"), ("NO_COLOR", "1")];
    let mut terminal = Terminal::open(&workbook, "watch greet", &variables);
    terminal.shows("x 2. Waiting.");
    assert!(terminal.text().is_ascii(), "{}", terminal.text());
    terminal.resize(12, 30);
    terminal.until("a narrow view", |screen| screen.contains("q quit") && screen.contains("x failed"));
    terminal.resize(50, 160);
    terminal.until("a wide view", |screen| {
        screen.lines().any(|it| it.contains("Contract") && it.contains("Verdict"))
    });
    terminal.press("q");
    terminal.ends(0);
}

#[test]
fn a_terminal_that_can_only_print_gets_lines() {
    let workbook = Workbook::new();
    let terminal = Terminal::open(&workbook, "", &[("TERM", "dumb")]);
    terminal.shows("Next: read");
    assert!(terminal.text().is_ascii(), "{}", terminal.text());
    terminal.ends(1);
}
