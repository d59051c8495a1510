//! What a class was given: an edition of the course may have no solutions, and may keep `compare` closed until a date.

use anyhow::{Context, Result, bail};
use jiff::ZonedDateTime;
use jiff::civil::Date;
use serde::Deserialize;
use std::fs;
use std::path::Path;

/// The file at the top of the course that says what was left out.
pub const FILE: &str = "edition.toml";

#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Edition {
    /// What was left out.
    #[serde(default)]
    pub without: Vec<String>,
    /// The first day on which programs may be compared.
    #[serde(default)]
    pub compare_from: Option<String>,
}

impl Edition {
    /// The edition that is at `root`: the whole course, if nothing says otherwise.
    ///
    /// # Errors
    /// If the file can't be understood.
    pub fn read(root: &Path) -> Result<Edition> {
        let path = root.join(FILE);
        if !path.exists() {
            return Ok(Edition::default());
        }
        let text = fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("{} can't be understood", path.display()))
    }

    /// Whether other programs may be shown today.
    ///
    /// # Errors
    /// If not; it says since when, or what is missing.
    pub fn may_compare(&self) -> Result<()> {
        self.may_compare_on(ZonedDateTime::now().date())
    }

    fn may_compare_on(&self, today: Date) -> Result<()> {
        if let Some(text) = &self.compare_from {
            let from = day(text)?;
            if today < from {
                bail!("`compare` opens on {from} in this class; until then, `cargo checker hint` helps");
            }
        }
        if self.without.iter().any(|part| part == "solutions") {
            bail!("this edition has no solutions to compare with; your instructor has the whole course");
        }
        Ok(())
    }
}

/// A day as it is written in an edition.
///
/// # Errors
/// If it is none.
pub fn day(text: &str) -> Result<Date> {
    text.parse().with_context(|| format!("`{text}` is not a day; write it as 2026-07-01"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(edition: &Edition, today: &str) -> String {
        edition
            .may_compare_on(day(today).unwrap())
            .map_or_else(|error| error.to_string(), |()| "open".to_owned())
    }

    #[test]
    fn compare_is_closed_until_the_day_and_then_needs_solutions() {
        let whole = Edition { without: Vec::new(), compare_from: Some("2026-07-01".to_owned()) };
        assert!(told(&whole, "2026-06-30").contains("opens on 2026-07-01"));
        assert_eq!(told(&whole, "2026-07-01"), "open");
        let without = Edition { without: vec!["solutions".to_owned()], ..whole };
        assert!(told(&without, "2026-07-02").contains("no solutions"));
        assert_eq!(told(&Edition::default(), "2026-01-01"), "open");
    }
}
