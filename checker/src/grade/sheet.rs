//! The LMS's own sheet, filled in: nothing in it is made up, and every byte that is not a mark stays as it is.

use super::lms::Key;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;

/// What is put into a person's row.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub points: f64,
    pub comment: String,
}

/// A sheet that was filled in, and who could not be found in it.
#[derive(Debug)]
pub struct Filled {
    pub text: Vec<u8>,
    pub filled: usize,
    /// Those who have a mark and no row.
    pub absent: Vec<Key>,
}

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Canvas's gradebook export, with `column` (its title, or a part of it) filled in by the column `ID`.
///
/// # Errors
/// If this is no such sheet, or not exactly one column fits.
pub fn canvas(sheet: &[u8], column: &str, marks: &BTreeMap<Key, Entry>) -> Result<Filled> {
    let mut table = Table::read(sheet, b',')?;
    let header = table.rows.first().context("the sheet is empty")?.clone();
    let has = |index: usize, word: &str| header.get(index).is_some_and(|cell| cell.contains(word));
    if !has(0, "Student") || !has(1, "ID") || header.len() <= 3 {
        bail!(
            "this is not a gradebook that Canvas exported: the first columns of one are `Student` and `ID`"
        );
    }
    let fitting: Vec<usize> =
        (2..header.len()).filter(|index| header[*index] == column || has(*index, column)).collect();
    let [column] = fitting[..] else {
        bail!(
            "{} columns fit `{column}`; name one by its whole title: {}",
            fitting.len(),
            header[2..].join(", ")
        );
    };
    table.fill(1, column, None, |id| Key(id.to_owned()), |row| row[0].contains("Points Possible"), marks)
}

/// Moodle's grading worksheet, filled in by the column `Identifier` (`Participant 1041`).
///
/// # Errors
/// If this is no such sheet, in English.
pub fn moodle(sheet: &[u8], marks: &BTreeMap<Key, Entry>) -> Result<Filled> {
    let mut table = Table::read(sheet, b',')?;
    let header = table.rows.first().context("the sheet is empty")?.clone();
    let place = |title: &str| header.iter().position(|cell| cell == title);
    let (Some(identifier), Some(grade)) = (place("Identifier"), place("Grade")) else {
        bail!(
            "this is not a grading worksheet of Moodle in English: it needs the columns `Identifier` and `Grade`; \
             its columns are {}",
            header.join(", ")
        );
    };
    let number = |cell: &str| Key(cell.rsplit(' ').next().unwrap_or_default().to_owned());
    table.fill(identifier, grade, place("Feedback comments"), number, |_| false, marks)
}

/// A CSV whose quoting, line ends and byte order mark are kept.
struct Table {
    rows: Vec<Vec<String>>,
    bom: bool,
    crlf: bool,
    delimiter: u8,
}

impl Table {
    fn read(sheet: &[u8], delimiter: u8) -> Result<Table> {
        let bom = sheet.starts_with(BOM);
        let text = if bom { &sheet[BOM.len()..] } else { sheet };
        let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        // Some countries' sheets have semicolons.
        let semicolons = first.iter().filter(|byte| **byte == b';').count();
        let commas = first.iter().filter(|byte| **byte == delimiter).count();
        let delimiter = if semicolons > commas { b';' } else { delimiter };
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text);
        let rows = reader.into_records().map(|row| Ok(row?.iter().map(str::to_owned).collect()));
        let rows = rows.collect::<Result<_>>().context("the sheet is not a CSV file in UTF-8")?;
        Ok(Table { rows, bom, crlf: first.ends_with(b"\r"), delimiter })
    }

    fn fill(
        &mut self,
        id: usize,
        column: usize,
        comment: Option<usize>,
        key: impl Fn(&str) -> Key,
        passed_over: impl Fn(&[String]) -> bool,
        marks: &BTreeMap<Key, Entry>,
    ) -> Result<Filled> {
        let mut left: BTreeMap<&Key, &Entry> = marks.iter().collect();
        let mut filled = 0;
        for row in self.rows.iter_mut().skip(1) {
            let Some(cell) = row.get(id).filter(|_| !passed_over(row)) else { continue };
            let Some(entry) = left.remove(&key(cell)) else { continue };
            filled += 1;
            row[column] = format!("{:.2}", entry.points);
            if let Some(comment) = comment {
                row[comment] = entry.comment.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            }
        }
        let terminator = if self.crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new()
            .flexible(true)
            .delimiter(self.delimiter)
            .terminator(terminator)
            .from_writer(if self.bom { BOM.to_vec() } else { Vec::new() });
        for row in &self.rows {
            writer.write_record(row)?;
        }
        let text = writer.into_inner().context("the sheet could not be written")?;
        Ok(Filled { text, filled, absent: left.into_keys().cloned().collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANVAS: &str = "Student,ID,SIS Login ID,Section,Queue (8812),Other (1)\r\n    Points Possible,,,,10,5\r\n\
                          \"Beispiel, A\",1001,ab12,S1,,3\r\n\"Muster, B\",1002,cd34,S1,4.00,\r\n";

    fn marks(of: &[(&str, f64)]) -> BTreeMap<Key, Entry> {
        let entry = |points: f64| Entry { points, comment: "deadlock, src/lib.rs line 31".to_owned() };
        of.iter().map(|(key, points)| (Key((*key).to_owned()), entry(*points))).collect()
    }

    #[test]
    fn a_gradebook_of_canvas_is_filled_in_by_id_and_otherwise_the_same() {
        let filled = canvas(CANVAS.as_bytes(), "Queue", &marks(&[("1001", 7.5), ("1003", 1.0)])).unwrap();
        assert_eq!(filled.text, CANVAS.replace("ab12,S1,,3", "ab12,S1,7.50,3").into_bytes());
        assert_eq!((filled.filled, filled.absent), (1, vec![Key("1003".to_owned())]));
    }

    #[test]
    fn a_column_that_is_not_there_is_named_with_those_that_are() {
        let error = canvas(CANVAS.as_bytes(), "Pool", &marks(&[])).unwrap_err().to_string();
        assert!(error.contains("0 columns fit `Pool`") && error.contains("Queue (8812)"), "{error}");
    }

    #[test]
    fn a_worksheet_of_moodle_keeps_its_mark_of_utf_8_and_gets_a_comment() {
        let sheet = "\u{feff}Identifier,Full name,Grade,Maximum Grade,Feedback comments\nParticipant 1041,A,,10.00,\n";
        let filled = moodle(sheet.as_bytes(), &marks(&[("1041", 7.5)])).unwrap();
        let wanted = sheet.replace("A,,10.00,", "A,7.50,10.00,\"deadlock, src/lib.rs line 31\"");
        assert_eq!(String::from_utf8(filled.text).unwrap(), wanted);
    }

    #[test]
    fn another_language_is_said_to_be_one() {
        let error = moodle("Bezeichner,Bewertung\n".as_bytes(), &marks(&[])).unwrap_err().to_string();
        assert!(error.contains("in English") && error.contains("Bewertung"), "{error}");
    }
}
