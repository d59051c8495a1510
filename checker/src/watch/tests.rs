//! Every screen of the watch view, as a picture in text: what learners read is seen in review.

use super::model::Model;
use super::view;
use crate::course::{Course, Task};
use crate::judge::child::left_out;
use crate::judge::news::News;
use crate::learner::progress::Progress;
use crate::show::style::Style;
use crate::verdict::{Check, Finding, Kind, Report, State, Status, Step, Thread};
use protocol::{Listed, Schedule};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::path::Path;
use tempfile::TempDir;

const SOURCE: &str = "exercises/01-greeting/greet/src/lib.rs";

fn check(name: &str, clause: u32, finding: Option<Finding>) -> Check {
    let status = if finding.is_some() { Status::Failed } else { Status::Passed };
    Check { name: name.into(), clause, status, schedules: 1000, exhausted: None, finding, duration_ms: 1 }
}

fn deadlock() -> Finding {
    let event = |thread: &str, op: &str, line, blocked| Step {
        thread: thread.into(),
        op: op.into(),
        outcome: None,
        object: Some("channel #1".into()),
        file: Some(SOURCE.into()),
        line: Some(line),
        time_ns: 1_500_000,
        blocked,
    };
    let events = vec![
        event("main", "receive", 4, true),
        event("greeter", "send", 5, false),
        event("main", "receive", 4, false),
        event("main", "receive", 4, true),
    ];
    let mut finding =
        Finding::new(Kind::Deadlock, "main waits for a greeting, and nobody is left to send one");
    finding.seed = Some(7);
    finding.threads.push(Thread {
        name: "main".into(),
        file: Some(SOURCE.into()),
        line: Some(5),
        waiting_for: Some("a message".into()),

        caller: None,
    });
    finding.schedule = Some(Schedule { switches: 3, steps: 4, time_ns: 0, events });
    finding
}

/// The course and a place to keep progress in.
struct Stage {
    course: Course,
    progress: TempDir,
}

impl Stage {
    fn new() -> Stage {
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixture");
        Stage { course: Course::find(&fixture).unwrap(), progress: TempDir::new().unwrap() }
    }

    fn model(&self) -> Model<'_> {
        let (progress, _) = Progress::read(self.progress.path()).unwrap();
        let style = Style { colour: true, ..Style::of_width(80) };
        colored::control::set_override(false);
        Model::new(&self.course, progress, style, 0)
    }
}

fn judged(model: &mut Model<'_>, finding: Option<Finding>) {
    model.hear(News::Listed(listed(&[1, 2])));
    let checks = vec![check("greets_all", 1, None), check("never_waits", 2, finding)];
    model.hear(News::Judged(Box::new(Report::of_checks("greet", checks, 420))));
}

fn press(model: &mut Model<'_>, keys: &str) {
    for key in keys.chars() {
        model.press(KeyEvent::new(KeyCode::Char(key), KeyModifiers::NONE));
    }
}

fn screen(model: &mut Model<'_>, columns: u16, rows: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| view::draw(frame, model)).unwrap();
    let buffer = terminal.backend().buffer();
    let row = |y| (0..columns).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
    (0..rows).map(row).collect::<Vec<_>>().join("\n")
}

/// A check for each of these clauses.
fn listed(clauses: &[u32]) -> Vec<Listed> {
    clauses.iter().map(|clause| Listed { name: format!("check_{clause}"), clause: *clause }).collect()
}

#[test]
fn while_checks_run_each_clause_is_marked_as_its_verdict_arrives() {
    let stage = Stage::new();
    let mut model = stage.model();
    model.hear(News::Compiling);
    model.hear(News::Listed(listed(&[1, 2, 2])));
    model.hear(News::Started("greets_all".into()));
    model.hear(News::Ended(Box::new(check("greets_all", 1, None))));
    model.hear(News::Started("never_waits".into()));
    insta::assert_snapshot!(screen(&mut model, 80, 24));
}

#[test]
fn who_meets_the_same_finding_again_and_again_is_told_where_help_is() {
    let stage = Stage::new();
    let mut model = stage.model();
    for _ in 0..2 {
        judged(&mut model, Some(deadlock()));
    }
    assert!(!screen(&mut model, 100, 60).contains("in a row"));
    judged(&mut model, Some(deadlock()));
    let third = screen(&mut model, 100, 60);
    assert!(third.contains("This is verdict 3 in a row with `deadlock`."), "{third}");
    assert!(!third.contains("game"), "the lesson of this course has none: {third}");
    // What the compiler refuses is in no lesson.
    for _ in 0..3 {
        let refused = Report::refused("greet", Finding::new(Kind::DoesNotCompile, "error: no"), 420);
        model.hear(News::Judged(Box::new(refused)));
    }
    assert!(!screen(&mut model, 100, 60).contains("in a row"));
    // Another finding is another matter.
    judged(&mut model, Some(Finding::new(Kind::Panicked, "the call panicked")));
    assert!(!screen(&mut model, 100, 60).contains("in a row"));
}

#[test]
fn a_first_look_is_told_apart_from_the_verdict() {
    let stage = Stage::new();
    let mut model = stage.model();
    model.hear(News::Listed(listed(&[1, 2, 2])));
    model.hear(News::Started("greets_all".into()));
    model.hear(News::Looked(Box::new(Check { schedules: 50, ..check("check_1", 1, None) })));
    let early = screen(&mut model, 80, 24);
    assert!(early.contains("~ 1. Greeting") && early.contains("· 2. Waiting"), "{early}");
    assert!(early.contains("first look: 1 of 3 checks · 50 schedules"), "{early}");
    // What has failed once has failed.
    model.hear(News::Looked(Box::new(check("check_2", 2, Some(deadlock())))));
    model.hear(News::Ended(Box::new(check("check_1", 1, None))));
    let late = screen(&mut model, 80, 24);
    assert!(late.contains("✓ 1. Greeting") && late.contains("✗ 2. Waiting"), "{late}");
    assert!(late.contains("1 of 3 checks done · 2,000 schedules"), "{late}");
}

#[test]
fn another_failure_that_comes_first_in_the_verdict_does_not_take_away_what_is_read() {
    let stage = Stage::new();
    let mut model = stage.model();
    let panicked = || Finding::new(Kind::Panicked, "the call panicked");
    let report = || {
        let checks =
            vec![check("greets_all", 1, Some(panicked())), check("never_waits", 2, Some(deadlock()))];
        Report::of_checks("greet", checks, 420)
    };
    let looked = |model: &mut Model<'_>| {
        model.hear(News::Listed(listed(&[1, 2])));
        model.hear(News::Looked(Box::new(check("never_waits", 2, Some(deadlock())))));
        assert!(screen(model, 60, 16).contains("never_waits · clause 2"));
    };
    looked(&mut model);
    press(&mut model, "j");
    model.hear(News::Judged(Box::new(report())));
    let held = screen(&mut model, 60, 20);
    assert!(held.contains("`greets_all` comes first in the verdict. Esc shows it."), "{held}");
    assert!(!held.contains("the call panicked"), "{held}");
    model.press(KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE));
    let shown = screen(&mut model, 60, 20);
    assert!(shown.contains("the call panicked"), "{shown}");
    // Where nothing has been scrolled, it changes at once, and says so.
    let mut model = stage.model();
    looked(&mut model);
    model.hear(News::Judged(Box::new(report())));
    let shown = screen(&mut model, 60, 20);
    assert!(
        shown.contains("`greets_all` comes first in the verdict.") && shown.contains("panicked"),
        "{shown}"
    );
}

#[test]
fn a_failure_is_explained() {
    let stage = Stage::new();
    let mut model = stage.model();
    judged(&mut model, Some(deadlock()));
    insta::assert_snapshot!("failed-80x24", screen(&mut model, 80, 24));
    insta::assert_snapshot!("failed-160x50", screen(&mut model, 160, 50));
    insta::assert_snapshot!("failed-40x16", screen(&mut model, 40, 16));
}

#[test]
fn a_stub_says_where_to_begin() {
    let stage = Stage::new();
    let mut model = stage.model();
    let unfinished =
        Finding::new(Kind::Unfinished, format!("a todo!() is still to be filled in at {SOURCE}:5"));
    judged(&mut model, Some(unfinished));
    insta::assert_snapshot!(screen(&mut model, 80, 24));
}

#[test]
fn a_program_that_does_not_compile_shows_the_compilers_words() {
    let stage = Stage::new();
    let mut model = stage.model();
    let said = format!(
        "error[E0308]: mismatched types\n --> {SOURCE}:5:5\n  |\n5 |     7\n  |     ^ expected `&str`, found integer"
    );
    let refused = Report::refused("greet", Finding::new(Kind::DoesNotCompile, said), 420);
    model.hear(News::Judged(Box::new(refused)));
    insta::assert_snapshot!(screen(&mut model, 80, 24));
}

#[test]
fn trouble_that_is_not_the_learners_says_what_to_do() {
    let stage = Stage::new();
    let mut model = stage.model();
    let trouble =
        anyhow::anyhow!("cc is missing").context("a program could not be linked; install a C linker");
    model.hear(News::Trouble(trouble));
    insta::assert_snapshot!(screen(&mut model, 80, 24));
}

#[test]
fn what_comes_after_three_hangs_is_undecided() {
    let stage = Stage::new();
    let mut model = stage.model();
    model.hear(News::Listed(listed(&[1, 2])));
    let stuck = Finding::new(Kind::TimedOut, "a thread has used a second of processor time");
    let mut left = check("never_waits", 2, Some(left_out()));
    left.status = Status::Undecided;
    let checks = vec![check("greets_all", 1, Some(stuck)), left];
    model.hear(News::Judged(Box::new(Report::of_checks("greet", checks, 420))));
    insta::assert_snapshot!(screen(&mut model, 80, 24));
}

#[test]
fn a_clause_that_was_not_reached_is_not_marked_as_broken() {
    let stage = Stage::new();
    let mut model = stage.model();
    model.hear(News::Listed(listed(&[1, 2])));
    let stops = || Finding::new(Kind::Deadlock, "nothing can run any more");
    let mut hidden = check("never_waits", 2, Some(stops()));
    hidden.status = Status::NotReached;
    let checks = vec![check("greets_all", 1, Some(stops())), hidden];
    model.hear(News::Judged(Box::new(Report::of_checks("greet", checks, 420))));
    let screen = screen(&mut model, 80, 24);
    assert!(screen.contains("✗ 1. Greeting") && screen.contains("- 2. Waiting"), "{screen}");
    assert!(screen.contains("also seen by never_waits (clause 2)"), "{screen}");
}

#[test]
fn the_mark_of_every_clause_is_visible_at_every_size() {
    let stage = Stage::new();
    let mut model = stage.model();
    let long =
        "**Many words.** A promise that goes on for so long that it takes several rows, wherever it stands.";
    model.texts.material.contract = vec![long.to_owned(); 12];
    model.hear(News::Listed(listed(&(1..=12).collect::<Vec<u32>>())));
    let of_clause = |clause: u32| check("greets_all", clause, (clause == 11).then(deadlock));
    let checks = (1..=12).map(of_clause).collect();
    model.hear(News::Judged(Box::new(Report::of_checks("greet", checks, 420))));
    for (width, height) in [(40, 16), (80, 24), (100, 30), (120, 35), (160, 24), (160, 50), (240, 70)] {
        for pane in ["", "i", "t", "h"] {
            press(&mut model, pane);
            // A mark may stand at the end of a row.
            let text = screen(&mut model, width, height).replace('\n', " \n");
            for clause in 1..=12 {
                let sign = if clause == 11 { '✗' } else { '✓' };
                let is_shown = text.contains(&format!("{sign} {clause}."))
                    || text.contains(&format!("{sign} {clause} "));
                assert!(is_shown, "clause {clause} at {width}x{height}\n{text}");
            }
        }
    }
}

#[test]
fn a_pass_offers_what_is_next() {
    let stage = Stage::new();
    let mut model = stage.model();
    judged(&mut model, None);
    insta::assert_snapshot!("passed", screen(&mut model, 80, 24));
    press(&mut model, "h");
    insta::assert_snapshot!("passed-hints", screen(&mut model, 80, 24));
    press(&mut model, "cc");
    insta::assert_snapshot!("compare", screen(&mut model, 80, 24));
}

#[test]
fn each_pane() {
    let mut stage = Stage::new();
    stage.course.exercises[1].about.kind = Task::Repair;
    let mut model = stage.model();
    judged(&mut model, Some(deadlock()));
    for (keys, name) in
        [("t", "replay"), ("h", "hint"), ("i", "task"), ("o", "lesson"), ("x", "reset"), ("l", "list")]
    {
        press(&mut model, keys);
        insta::assert_snapshot!(name, screen(&mut model, 80, 24));
    }
    press(&mut model, "/wa");
    insta::assert_snapshot!("list-filtered", screen(&mut model, 80, 24));
}

#[test]
fn answers_in_the_lesson_open_and_close() {
    let stage = Stage::new();
    let mut model = stage.model();
    judged(&mut model, Some(deadlock()));
    let text = "# L\n\n<details>\n<summary>Why?</summary>\n\nFor a reason.\n\n</details>\n\nOn.\n";
    model.texts.lesson = Ok(text.to_owned());
    press(&mut model, "o");
    let folded = screen(&mut model, 80, 24);
    assert!(folded.contains("▸ Why? (a opens it)") && folded.contains("On."), "{folded}");
    assert!(!folded.contains("For a reason."), "{folded}");
    press(&mut model, "a");
    assert!(screen(&mut model, 80, 24).contains("For a reason."));
    press(&mut model, "a");
    assert_eq!(screen(&mut model, 80, 24), folded);
    // And whoever comes back guesses again.
    press(&mut model, "aio");
    assert_eq!(screen(&mut model, 80, 24), folded);
}

#[test]
fn what_is_said_once_goes_with_the_next_key() {
    let stage = Stage::new();
    let mut model = stage.model();
    judged(&mut model, Some(deadlock()));
    press(&mut model, "c");
    assert!(screen(&mut model, 80, 24).contains("after this one has passed"));
    press(&mut model, "o");
    assert!(!screen(&mut model, 80, 24).contains("after this one has passed"));
}

#[test]
fn hints_that_are_open_can_be_read_again() {
    let stage = Stage::new();
    let mut model = stage.model();
    judged(&mut model, Some(deadlock()));
    let mut shown = |keys: &str| {
        press(&mut model, keys);
        let text = screen(&mut model, 80, 24);
        (1..=3).find(|step| text.contains(&format!("Hint {step} of 3"))).expect("a hint is shown")
    };
    assert_eq!(["h", "h", "h", "h", "h", "h", "h"].map(&mut shown), [1, 2, 3, 1, 2, 3, 1]);
    // From elsewhere it is the last one that is shown.
    assert_eq!(shown("oh"), 3);
}

#[test]
fn nothing_but_ascii_where_there_is_nothing_else() {
    let stage = Stage::new();
    let mut model = stage.model();
    model.style.unicode = false;
    judged(&mut model, Some(deadlock()));
    let text = screen(&mut model, 80, 24);
    assert!(text.is_ascii(), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn what_is_said_once_is_not_cut_off() {
    let stage = Stage::new();
    let mut model = stage.model();
    judged(&mut model, None);
    let path = ".workbook/backup/a-name-of-some-length/lib.rs.kept-12";
    model.note = Some(format!("your file is kept as {path}; the exercise is in its original state"));
    for columns in [60, 80, 160] {
        let text = screen(&mut model, columns, 24);
        assert!(text.contains(path) && text.contains("original state"), "{text}");
        assert!(text.contains("✓ passed") && text.contains("q quit"), "{text}");
    }
}

/// A copy of the fixture that a test may change.
fn copied() -> TempDir {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixture");
    let copy = TempDir::new().unwrap();
    for entry in walkdir::WalkDir::new(&fixture).into_iter().map(Result::unwrap) {
        let to = copy.path().join(entry.path().strip_prefix(&fixture).unwrap());
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(to).unwrap();
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
    copy
}

#[test]
fn drawing_reads_no_file() {
    for finding in [Some(deadlock()), None] {
        let (copy, mut stage) = (copied(), Stage::new());
        stage.course = Course::find(copy.path()).unwrap();
        let mut model = stage.model();
        judged(&mut model, finding);
        // Once all hints are open, `h` shows the same one again.
        press(&mut model, "hhh");
        // The last of each is the pane that is drawn: verdict, task, lesson, hint, lanes, other programs, list.
        let panes = ["", "i", "o", "h", "t", "c", "l"];
        let drawn = |model: &mut Model<'_>| {
            panes.map(|keys| {
                model.press(KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE));
                press(model, keys);
                screen(model, 160, 60)
            })
        };
        let before = drawn(&mut model);
        // A pane that says why there is nothing to read would be the same without files.
        let all = before.join("\n");
        assert!(all.contains("Everybody is greeted once"), "{all}");
        copy.close().unwrap();
        assert_eq!(before, drawn(&mut model));
    }
}

#[test]
fn an_edit_shows_in_the_next_run() {
    let (copy, mut stage) = (copied(), Stage::new());
    stage.course = Course::find(copy.path()).unwrap();
    let mut model = stage.model();
    judged(&mut model, None);
    assert_eq!(model.standing.states[0], State::Passed);
    let (source, task) = (copy.path().join(SOURCE), copy.path().join(stage.course.exercises[0].readme()));
    std::fs::write(source, "// changed\n").unwrap();
    std::fs::write(task, "# Another task\n\n## Contract\n\n1. **New.** A new promise.\n").unwrap();
    model.begin(0);
    // The contract is another one, too.
    assert_eq!(model.standing.states[0], State::Outdated);
    assert!(screen(&mut model, 160, 60).contains("A new promise"));
    press(&mut model, "i");
    assert!(screen(&mut model, 160, 60).contains("Another task"));
}

#[test]
fn no_size_is_too_small_to_be_drawn() {
    let stage = Stage::new();
    let mut model = stage.model();
    judged(&mut model, Some(deadlock()));
    for keys in ["", "t", "l", "h", "x"] {
        press(&mut model, keys);
        for (columns, rows) in [(1, 1), (5, 2), (20, 5), (30, 8), (119, 3), (300, 90)] {
            screen(&mut model, columns, rows);
        }
    }
}
