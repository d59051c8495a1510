//! What other tools read: the LMS's own sheet, filled in, and a JUnit file for each exercise.

use super::graded::Graded;
use super::junit;
use super::lms::Key;
use super::marks::{Mark, State, rounded};
use super::record::Record;
use super::sheet::{self, Entry, Filled};
use crate::files::replace;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// The marks as an LMS's sheet takes them: by key, summed over the exercises. Who has no mark for one of them has none.
fn entries(graded: &Graded) -> BTreeMap<Key, Entry> {
    let mut entries = BTreeMap::new();
    for member in graded.people.members() {
        let Some(points) = graded.total(&member.id) else { continue };
        let own = graded.marks_of(&member.id).filter(|mark| !mark.reason.is_empty());
        let said: Vec<String> = own.map(|mark| format!("{}: {}", mark.place.exercise, mark.reason)).collect();
        entries.insert(member.key.clone(), Entry { points: rounded(points), comment: said.join("; ") });
    }
    entries
}

/// Fills in Canvas's gradebook.
///
/// # Errors
/// If the sheet is none of Canvas's, or a file can't be read or written.
pub fn canvas(graded: &Graded, sheet: &Path, column: &str) -> Result<String> {
    let filled = sheet::canvas(&read(sheet)?, column, &entries(graded))?;
    written(graded, filled, "canvas.csv")
}

/// Fills in Moodle's worksheet.
///
/// # Errors
/// If the sheet is none of Moodle's, or a file can't be read or written.
pub fn moodle(graded: &Graded, sheet: &Path) -> Result<String> {
    let filled = sheet::moodle(&read(sheet)?, &entries(graded))?;
    written(graded, filled, "moodle.csv")
}

fn read(sheet: &Path) -> Result<Vec<u8>> {
    fs::read(sheet).with_context(|| format!("could not read {}", sheet.display()))
}

fn written(graded: &Graded, filled: Filled, name: &str) -> Result<String> {
    let path = graded.folder.0.join(name);
    replace(&path, &filled.text)?;
    let numbered = |mark: &&Mark| matches!(mark.state, State::Marked | State::ByHand);
    let without = graded.marks.iter().filter(|mark| !numbered(mark)).count();
    let mut said = format!(
        "wrote {}: {} rows filled in; {without} verdicts have no mark, so their rows did not change",
        path.display(),
        filled.filled
    );
    if !filled.absent.is_empty() {
        let names: Vec<String> = filled.absent.iter().map(ToString::to_string).collect();
        let _ = write!(said, "\nnot in the sheet: {}", names.join(", "));
    }
    Ok(said)
}

/// Writes a JUnit file for each exercise.
///
/// # Errors
/// If a verdict is missing or a file can't be written.
pub fn junit(graded: &Graded) -> Result<String> {
    let dir = graded.folder.0.join("junit");
    fs::create_dir_all(&dir).with_context(|| format!("could not make {}", dir.display()))?;
    for worth in &graded.worth {
        let own = graded.verdicts.keys().filter(|place| place.exercise == worth.exercise);
        let records: Vec<Record> = own.map(|place| graded.record(place)).collect::<Result<_>>()?;
        let path = dir.join(format!("{}.xml", worth.exercise));
        replace(&path, junit::report(&worth.exercise, &records)?.as_bytes())?;
    }
    Ok(format!("wrote {} files in {}", graded.worth.len(), dir.display()))
}
