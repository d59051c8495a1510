//! The tables that are our own: `marks.csv`, a row for each learner and exercise, and `results.jsonl`, a line for each record.

use super::marks::Mark;
use super::plan::{Folder, People};
use super::record::Record;
use crate::files::replace;
use anyhow::{Context, Result};
use std::path::PathBuf;

/// Writes `marks.csv` with a row for each member of each submission.
///
/// # Errors
/// If the disk says no.
pub fn marks(folder: &Folder, people: &People, marks: &[Mark]) -> Result<PathBuf> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["id", "member", "exercise", "state", "raw", "penalty", "final", "max", "reason"])?;
    for mark in marks {
        let person = people.people.iter().find(|person| person.id == mark.id);
        let members = person.map_or(&[][..], |person| &person.members);
        for member in members {
            table.write_record([
                &mark.id,
                &guarded(&member.0),
                &mark.exercise,
                mark.state.name(),
                &number(mark.raw),
                &number(mark.penalty),
                &number(mark.r#final),
                &number(Some(mark.max)),
                &guarded(&mark.reason),
            ])?;
        }
    }
    let path = folder.0.join("marks.csv");
    let bytes = table.into_inner().context("marks.csv could not be made")?;
    replace(&path, &bytes)?;
    Ok(path)
}

/// Writes `results.jsonl`.
///
/// # Errors
/// If the disk says no.
pub fn results(folder: &Folder, records: &[Record]) -> Result<PathBuf> {
    let mut text = String::new();
    for record in records {
        text.push_str(&serde_json::to_string(record)?);
        text.push('\n');
    }
    let path = folder.0.join("results.jsonl");
    replace(&path, text.as_bytes())?;
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
