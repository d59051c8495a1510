//! The figures in the lessons are what their listings do.

use figures::{CHARTS, FIGURES, chart_files, files, marks, record, wrong_in};
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
