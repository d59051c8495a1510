//! The figures in the lessons are what their listings do.

use figures::{FIGURES, files, record};
use std::fs;

#[test]
fn no_figure_is_stale() {
    for figure in &FIGURES {
        for (file, text) in files(figure).unwrap() {
            let found = fs::read_to_string(&file).unwrap_or_default();
            assert!(found == text, "{} is not what the listing does: `cargo run -p figures`", file.display());
        }
    }
}

#[test]
fn a_run_is_recorded_the_same_each_time() {
    for figure in &FIGURES {
        assert_eq!(record(figure).unwrap(), record(figure).unwrap());
    }
}

#[test]
fn every_step_is_in_the_listing() {
    for figure in &FIGURES {
        let record = record(figure).unwrap();
        let lost = record.steps.iter().find(|step| step.line == 0 || step.code.is_empty());
        assert!(lost.is_none(), "{}: {lost:?} (is there debug information?)", record.listing);
    }
}
