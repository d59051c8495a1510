//! The source lines that a verdict points at, read before anything is drawn.

use crate::legible;
use crate::verdict::{Finding, Step};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

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

    /// The line that `step` happens at, with its number.
    pub fn quote(&self, step: &Step) -> String {
        let (Some(file), Some(line)) = (&step.file, step.line) else { return String::new() };
        format!("{line:>4} │ {}", self.line(file, line).unwrap_or_default())
    }
}
