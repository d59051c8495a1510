//! The figures in the lessons are what their listings do.

use figures::{FIGURES, files, record, wrong_in};
use std::fs;

#[test]
fn no_figure_is_stale() {
    for figure in FIGURES {
        for (file, text) in files(figure).unwrap() {
            let found = fs::read_to_string(&file).unwrap_or_default();
            assert!(found == text, "{} is not what the listing does: `cargo run -p figures`", file.display());
        }
    }
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
