//! What is said of the course as a whole: what each lesson needs of others, and the ways through all of them.

use crate::files::read_text;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// Where it is kept, relative to the root of the workspace.
const FILE: &str = "lessons/course.toml";

#[derive(Debug, Default, Deserialize)]
pub struct Overview {
    /// The minutes that a learner needs to read a chapter.
    pub chapter: u32,
    /// The lessons to do before, by the lesson's number: `2, 4` or `1 to 12`.
    #[serde(default)]
    needs: BTreeMap<String, String>,
    #[serde(default)]
    pub ways: Vec<Way>,
}

/// A way through the course.
#[derive(Debug, Deserialize)]
pub struct Way {
    pub name: String,
    pub takes: String,
    /// The lessons or parts of lessons that it takes in.
    pub does: String,
}

impl Overview {
    /// The overview of the course at `root`, or `None` for a course that has none.
    ///
    /// # Errors
    /// If the file can't be understood.
    pub fn read(root: &Path) -> Result<Option<Overview>> {
        let path = root.join(FILE);
        if !path.exists() {
            return Ok(None);
        }
        let text = read_text(&path)?;
        toml::from_str(&text).with_context(|| format!("{} can't be understood", path.display())).map(Some)
    }

    /// The lessons to do before this one.
    pub fn needs(&self, lesson: u32) -> Option<&str> {
        self.needs.get(&lesson.to_string()).map(String::as_str)
    }
}

/// The time of a lesson in hours, to the nearest half.
pub fn hours(minutes: u32) -> f64 {
    f64::from((minutes + 15) / 30) / 2.0
}
