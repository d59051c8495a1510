//! The source lines that a verdict points at, read before anything is drawn.

use crate::legible;
use crate::verdict::{Finding, Step};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The number of a line and what is behind it.
const HEAD: usize = 7;

/// Source files by their path in the workbook, each read once.
#[derive(Default)]
pub struct Sources(BTreeMap<String, Vec<String>>);

impl Sources {
    /// The files that `steps` happen in.
    pub fn of_steps(root: &Path, steps: &[Step]) -> Sources {
        let mut sources = Sources::default();
        sources.read(root, steps.iter().filter_map(|step| step.file.as_deref()));
        sources
    }

    /// Reads the files that `finding` names besides.
    pub fn add(&mut self, root: &Path, finding: &Finding) {
        let steps = finding.schedule.iter().flat_map(|schedule| &schedule.events);
        self.read(root, steps.filter_map(|step| step.file.as_deref()));
        self.read(root, finding.threads.iter().filter_map(|thread| thread.file.as_deref()));
    }

    fn read<'a>(&mut self, root: &Path, files: impl Iterator<Item = &'a str>) {
        for file in files {
            if !self.0.contains_key(file) {
                // Of a file that can't be read there are no lines, and the rest of the account stands without them.
                let text = fs::read_to_string(root.join(file)).unwrap_or_default();
                self.0.insert(file.to_owned(), text.lines().map(|line| legible::line(line.trim())).collect());
            }
        }
    }

    /// The text of one line, without the blanks around it.
    pub fn line(&self, file: &str, line: u32) -> Option<&str> {
        let index = (line as usize).checked_sub(1)?;
        self.0.get(file)?.get(index).map(String::as_str)
    }

    /// As [`quote`](Self::quote), in at most `room` characters, those around the operation where it is not at the beginning.
    pub fn excerpt(&self, step: &Step, room: usize) -> String {
        let quote = self.quote(step);
        let text: Vec<char> = quote.chars().collect();
        if text.len() <= room || room < HEAD + 12 {
            return quote;
        }
        let call = match step.op.as_str() {
            "unlock" => ".lock(".to_owned(),
            op => format!(".{op}("),
        };
        let (number, code) = quote.split_at(quote.find('│').map_or(0, |bar| bar + '│'.len_utf8() + 1));
        let Some(place) = code.find(&call).map(|byte| code[..byte].chars().count()) else { return quote };
        let wide = room - number.chars().count();
        let end = place + call.chars().count() + 1;
        if end < wide {
            return quote;
        }
        // From what it is called on, which is before it.
        let is_part = |sign: &char| sign.is_alphanumeric() || "_.[]".contains(*sign);
        let before = code.chars().take(place).collect::<Vec<_>>();
        let from = place - before.iter().rev().take_while(|sign| is_part(sign)).count();
        let from = if end - from + 2 < wide { from } else { (end + 2).saturating_sub(wide) };
        format!("{number}… {}", code.chars().skip(from).collect::<String>())
    }

    /// The line that `step` happens at, with its number.
    pub fn quote(&self, step: &Step) -> String {
        let (Some(file), Some(line)) = (&step.file, step.line) else { return String::new() };
        format!("{line:>4} │ {}", self.line(file, line).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_around_the_operation() {
        let text = "while let Some((index, item)) = next_of_all_the_others(work.lock().unwrap())";
        let sources = Sources(BTreeMap::from([("lib.rs".to_owned(), vec![text.to_owned()])]));
        let step = |op: &str| Step {
            thread: "main".into(),
            op: op.into(),
            outcome: None,
            object: None,
            file: Some("lib.rs".into()),
            line: Some(1),
            time_ns: 0,
            blocked: false,
        };
        let cut = sources.excerpt(&step("lock"), 40);
        assert!(cut.starts_with("   1 │ …") && cut.contains("work.lock("), "{cut}");
        assert!(sources.excerpt(&step("end"), 40).starts_with("   1 │ while let"));
    }
}
