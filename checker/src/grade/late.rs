//! Whether something came late.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Whether it came late, by the LMS's own words. A file's time says nothing about it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Late {
    #[default]
    Unknown,
    /// The LMS marks late ones, and not this one.
    No,
    Yes,
    /// The moment at which it was handed in, with its offset.
    At(String),
}

impl Late {
    /// The moment that `text` names: `2026-03-01T12:00:00+01:00`, or with `-` for `:`, which the name of a folder can't have.
    pub fn at(text: &str) -> Option<Late> {
        let text = text.trim();
        let colons = match text.split_once('T') {
            // Only the clock is changed; an offset begins at the ninth character after the `T`.
            Some((date, clock)) if clock.len() >= 8 && clock.is_ascii() && !clock.contains(':') => {
                format!("{date}T{}{}", clock[..8].replace('-', ":"), &clock[8..])
            }
            _ => text.to_owned(),
        };
        let moment: Timestamp = colons.parse().ok()?;
        Some(Late::At(moment.to_string()))
    }

    /// Its moment, if that is known.
    pub fn moment(&self) -> Option<&str> {
        match self {
            Late::At(moment) => Some(moment),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_from_a_table_and_from_the_name_of_a_folder() {
        let noon = Some(Late::At("2026-03-01T12:00:00Z".to_owned()));
        assert_eq!(Late::at("2026-03-01T12:00:00Z"), noon);
        assert_eq!(Late::at("2026-03-01 13:00:00+01:00"), noon);
        assert_eq!(Late::at("2026-03-01T12-00-00Z"), noon);
        assert_eq!(Late::at("2026-03-01T13-00-00+01:00"), None, "half of it is in the one form");
        assert_eq!(Late::at("1"), None);
    }
}
