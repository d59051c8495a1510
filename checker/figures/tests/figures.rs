//! The figures in the lessons are what their listings do.

use engine::{Enumeration, Limits, Options, Strategy, execute};
use figures::{
    CHARTS, FIGURES, Figure, MENDS, PUZZLES, Wrong, chart_files, files, game, game_file, marks, record,
    wrong_in,
};
use game::Game;
use std::collections::BTreeSet;
use std::fs;

#[test]
fn no_figure_is_stale() {
    let figures = FIGURES.iter().flat_map(|figure| files(figure).unwrap());
    let charts = CHARTS.iter().flat_map(|chart| chart_files(chart).unwrap());
    for (file, text) in figures.chain(charts) {
        let found = fs::read_to_string(&file).unwrap_or_default();
        assert!(found == text, "{} is not what the program does: `cargo run -p figures`", file.display());
    }
}

#[test]
fn the_charts_show_what_the_lessons_say() {
    let all = |name: &str| {
        let chart = CHARTS.iter().find(|chart| chart.name == name).expect("there is a chart with this name");
        marks(chart).unwrap().marks
    };
    let count = |name: &str, panel: &str, what: &str| {
        all(name).iter().filter(|mark| mark.panel == panel && mark.what.contains(what)).count()
    };
    // "That makes 10 + 9 + 8 + … + 1 requests", and with jitter there are fewer. All ten are answered.
    assert_eq!(count("herd", "without jitter", ""), 55);
    assert!(count("herd", "with jitter", "") < 30);
    assert_eq!((count("herd", "without jitter", "taken"), count("herd", "with jitter", "taken")), (10, 10));
    // "Six requests pass": three before the border of the second, and three behind it.
    let passed = all("permits").into_iter().filter(|it| it.panel == "fixed window" && it.what == "taken");
    assert_eq!(passed.filter(|it| it.millis < 1_600).count(), 6);
}

#[test]
fn a_run_is_recorded_the_same_each_time() {
    for figure in FIGURES {
        assert_eq!(record(figure).unwrap(), record(figure).unwrap());
    }
}

#[test]
fn every_step_is_in_the_listing() {
    for figure in FIGURES {
        let record = record(figure).unwrap();
        let lost = record.steps.iter().find(|step| step.code.is_empty() && !step.op.starts_with("drop"));
        assert!(lost.is_none(), "{}: {lost:?} (is there debug information?)", record.listing);
    }
}

#[test]
fn the_lessons_say_how_often_it_happens() {
    const SEEDS: u64 = 1_000;
    let wrong = |lesson: &str| {
        let figure = FIGURES.iter().find(|figure| figure.lesson.starts_with(lesson));
        wrong_in(figure.expect("the lesson has a figure"), SEEDS)
    };
    // "It happens under every schedule", and the staircase is no accident either.
    assert_eq!((wrong("02"), wrong("04")), (SEEDS, SEEDS));
    // "No schedule gets past it."
    assert_eq!(wrong("03"), SEEDS);
    // "Under most schedules it prints 2/2", and yet it is soon found.
    let progress = wrong("09");
    assert!((SEEDS / 100..SEEDS / 2).contains(&progress), "{progress} of {SEEDS}");
}

#[test]
fn no_game_is_stale() {
    for figure in FIGURES.iter().chain(PUZZLES) {
        let Some((file, text)) = game_file(figure).unwrap() else { continue };
        let found = fs::read_to_string(&file).unwrap_or_default();
        assert!(found == text, "{} is not what the listing does: `cargo run -p figures`", file.display());
    }
}

/// The states that can be reached from one.
fn reachable(game: &Game, from: u32) -> BTreeSet<u32> {
    let (mut seen, mut open) = (BTreeSet::from([from]), vec![from]);
    while let Some(at) = open.pop() {
        let next = game.states[at as usize].next.iter().map(|(_, to)| *to);
        open.extend(next.filter(|to| seen.insert(*to)));
    }
    seen
}

#[test]
fn every_lesson_has_a_game_that_can_be_won_and_lost() {
    let mut lessons = BTreeSet::new();
    for figure in FIGURES.iter().chain(PUZZLES) {
        let Some(game) = game(figure).unwrap() else { continue };
        lessons.insert(figure.lesson);
        let all = reachable(&game, 0);
        assert_eq!(all.len(), game.states.len(), "{}: a state that nothing leads to", figure.lesson);
        let ends: Vec<u8> = game.states.iter().filter_map(|state| state.end).collect();
        assert!(ends.contains(&0) && ends.contains(&1), "{}: {ends:?}", figure.lesson);
        for state in &game.states {
            assert_eq!(state.end.is_some(), state.next.is_empty(), "{}: {state:?}", figure.lesson);
            // Where a thread stands can be seen, unless it has ended or stands in what drops a value.
            let lines = game.first_line..game.first_line + game.code.len() as u32;
            let is_seen = |line: u32| line == 0 || lines.contains(&line);
            assert!(state.at.iter().all(|(_, line, _)| is_seen(*line)), "{}: {state:?}", figure.lesson);
        }
    }
    // What no interleaving gives can't be played.
    let can_be_played = |figure: &&Figure| !matches!(figure.wrong, Wrong::PrintsByOrders(_));
    let all: BTreeSet<&str> = FIGURES.iter().filter(can_be_played).map(|figure| figure.lesson).collect();
    assert_eq!(lessons, all);
}

#[test]
fn a_change_is_called_a_mend_if_no_interleaving_at_all_goes_wrong() {
    for figure in PUZZLES {
        let game = game(figure).unwrap().unwrap();
        let changes: Vec<_> =
            MENDS.iter().filter(|mend| (mend.lesson, mend.puzzle) == (figure.lesson, figure.name)).collect();
        assert_eq!(changes.len(), game.mends.len());
        let held: Vec<bool> = game.mends.iter().map(|mend| mend.game.shortest(0, None).is_none()).collect();
        if !held.is_empty() {
            assert!(held.contains(&true) && held.contains(&false), "{}: {held:?}", figure.lesson);
        }
        // The game moves from line to line; this is about every step.
        for (mend, held) in changes.iter().zip(held) {
            assert_eq!(goes_wrong(mend.program, figure.wrong), !held, "{}", mend.name);
        }
    }
}

/// Whether a program goes wrong in any of its interleavings.
fn goes_wrong(program: fn(), wrong: Wrong) -> bool {
    let mut enumeration = Some(Enumeration::reduced());
    for _ in 0..200_000 {
        let Some(next) = enumeration.take() else { return false };
        let strategy = Strategy::every(next);
        let limits = Limits { steps: 10_000, threads: 10 };
        let run = execute(Options { strategy, limits, explain: false, trace: false, source: "" }, &program);
        if wrong.is_in(&run) {
            return true;
        }
        enumeration = run.enumeration.and_then(Enumeration::advance);
    }
    panic!("too many interleavings to try them all")
}
