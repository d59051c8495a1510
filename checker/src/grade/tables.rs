//! The tables that are our own: `marks.csv`, a row for each person and exercise, and `results.jsonl`, a line for each record.

use super::graded::Graded;
use super::people::People;
use crate::files::{replace, secret};
use anyhow::{Context, Result};
use std::path::PathBuf;

/// Writes `marks.csv` with a row for each member of each submission, by ids.
///
/// # Errors
/// If the disk says no.
pub fn marks(graded: &Graded) -> Result<PathBuf> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record([
        "id",
        "submission",
        "attempt",
        "exercise",
        "state",
        "raw",
        "penalty",
        "final",
        "max",
        "late",
        "free",
        "reason",
    ])?;
    for mark in &graded.marks {
        table.write_record([
            &mark.id,
            &mark.place.id,
            &mark.place.attempt.to_string(),
            &mark.place.exercise,
            mark.state.name(),
            &number(mark.raw),
            &number(mark.penalty),
            &number(mark.r#final),
            &number(Some(mark.max)),
            &mark.late.map(|units| units.to_string()).unwrap_or_default(),
            &mark.free.to_string(),
            &guarded(&mark.reason),
        ])?;
    }
    let path = graded.folder.0.join("marks.csv");
    replace(&path, &table.into_inner().context("marks.csv could not be made")?)?;
    Ok(path)
}

/// Writes `results.jsonl`, one record after the other.
///
/// # Errors
/// If the disk says no.
pub fn results(graded: &Graded) -> Result<PathBuf> {
    let mut text = String::new();
    for place in graded.verdicts.keys() {
        text.push_str(&serde_json::to_string(&graded.record(place)?)?);
        text.push('\n');
    }
    let path = graded.folder.0.join("results.jsonl");
    replace(&path, text.as_bytes())?;
    Ok(path)
}

/// Writes `class.csv`, the one table with keys and names: a row for each person, a column for each exercise, and the sum.
///
/// # Errors
/// If the disk says no.
pub fn class(graded: &Graded, people: &People) -> Result<PathBuf> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let exercises: Vec<&str> = graded.worth.iter().map(|worth| worth.exercise.as_str()).collect();
    table
        .write_record(["key", "name", "id"].into_iter().chain(exercises.iter().copied()).chain(["total"]))?;
    let mut members: Vec<_> = people.members().collect();
    members.sort_by(|a, b| a.key.cmp(&b.key));
    for member in members {
        let own: Vec<_> = graded.marks_of(&member.id).collect();
        let of = |exercise: &&str| {
            let mark = own.iter().find(|mark| mark.place.exercise == **exercise);
            // Where there is no number there is a word, which no spreadsheet adds up.
            mark.map_or(String::new(), |mark| {
                mark.r#final.map_or(mark.state.name().to_owned(), |it| number(Some(it)))
            })
        };
        let mut row = vec![guarded(&member.key.0), guarded(&member.name), member.id.clone()];
        row.extend(exercises.iter().map(of));
        row.push(number(graded.total(&member.id)));
        table.write_record(row)?;
    }
    let path = graded.folder.0.join("class.csv");
    secret(&path, &table.into_inner().context("class.csv could not be made")?)?;
    Ok(path)
}

/// Two decimals and a point, or nothing where there is no number.
pub fn number(points: Option<f64>) -> String {
    points.map(|points| format!("{points:.2}")).unwrap_or_default()
}

/// A cell that no spreadsheet takes for a formula. Only for tables of our own: an LMS's is left as it is.
pub fn guarded(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_a_text() {
        assert_eq!(guarded("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(guarded("\t=1"), " =1");
        assert_eq!(guarded("deadlock"), "deadlock");
    }

    #[test]
    fn no_number_is_no_zero() {
        assert_eq!(
            (number(None), number(Some(0.0)), number(Some(7.5))),
            (String::new(), "0.00".into(), "7.50".into())
        );
    }
}
