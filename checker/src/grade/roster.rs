//! The roster: everybody who should have handed in, and their groups; and when each did, where the LMS does not say.

use super::late::Late;
use super::lms::Key;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A row of the roster.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct Person {
    pub key: Key,
    /// Only for the mapping file; no other file has it.
    #[serde(default)]
    pub name: String,
    /// People of one group get one verdict, and a row each.
    #[serde(default)]
    pub group: String,
}

/// Who is in the class; empty where no roster was given.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    pub people: Vec<Person>,
}

impl Roster {
    /// Reads a CSV with the columns `key`, and if you like `name` and `group`.
    ///
    /// # Errors
    /// If the file can't be read, a column is missing, or a key is there twice.
    pub fn read(path: &Path) -> Result<Roster> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path);
        let reader =
            reader.as_mut().map_err(|error| anyhow::anyhow!("could not read {}: {error}", path.display()))?;
        let people: Vec<Person> = reader.deserialize().collect::<Result<_, _>>().with_context(|| {
            format!("{}: the roster needs a column `key`; `name` and `group` may follow", path.display())
        })?;
        let mut seen = BTreeSet::new();
        if let Some(person) = people.iter().find(|person| !seen.insert(&person.key)) {
            bail!("{}: `{}` is there twice", path.display(), person.key);
        }
        Ok(Roster { people })
    }

    /// Under whose key a submission of `key` is kept: a group's under the group's, whoever handed it in.
    pub fn one_for_all(&self, key: &Key) -> Key {
        let person = self.people.iter().find(|person| person.key == *key);
        match person {
            Some(person) if !person.group.is_empty() => Key(person.group.clone()),
            _ => key.clone(),
        }
    }

    /// Whom the submission of `key` is from, with their names: the members of the group, or the one person.
    pub fn members(&self, key: &Key) -> Vec<(Key, String)> {
        let named = |person: &Person| (person.key.clone(), person.name.clone());
        let of_group: Vec<_> = self.people.iter().filter(|it| it.group == key.0).map(named).collect();
        if !of_group.is_empty() {
            return of_group;
        }
        let person = self.people.iter().find(|person| person.key == *key);
        vec![person.map_or_else(|| (key.clone(), String::new()), named)]
    }

    /// The keys, of a person or a group, under which nothing was handed in.
    pub fn missing(&self, there: &BTreeSet<Key>) -> BTreeSet<Key> {
        let there: BTreeSet<Key> = there.iter().map(|key| self.one_for_all(key)).collect();
        let all = self.people.iter().map(|person| self.one_for_all(&person.key));
        all.filter(|key| !there.contains(key)).collect()
    }
}

/// Reads a CSV with the columns `key` and `submitted`: when the latest attempt of each was handed in.
///
/// # Errors
/// If it can't be read, or a moment can't be understood.
pub fn submitted(path: &Path) -> Result<BTreeMap<Key, Late>> {
    #[derive(Deserialize)]
    struct Row {
        key: Key,
        submitted: String,
    }
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_path(path)
        .with_context(|| format!("could not read {}", path.display()))?;
    let mut moments = BTreeMap::new();
    for row in reader.deserialize() {
        let row: Row =
            row.with_context(|| format!("{}: its columns should be `key` and `submitted`", path.display()))?;
        let late = Late::at(&row.submitted).with_context(|| {
            format!(
                "{}: `{}` is not a time for `{}`; write it with its offset: 2026-03-01T23:59:00+01:00",
                path.display(),
                row.submitted,
                row.key
            )
        })?;
        moments.insert(row.key, late);
    }
    Ok(moments)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(key: &str, group: &str) -> Person {
        Person { key: Key(key.to_owned()), name: String::new(), group: group.to_owned() }
    }

    #[test]
    fn a_group_of_which_nobody_handed_in_is_missing_once() {
        let roster = Roster { people: vec![person("a", "red"), person("b", "red"), person("c", "")] };
        let keys = |keys: &[&str]| keys.iter().map(|key| Key((*key).to_owned())).collect::<BTreeSet<Key>>();
        assert_eq!(roster.missing(&keys(&[])), keys(&["c", "red"]));
        assert_eq!(roster.missing(&keys(&["b"])), keys(&["c"]));
        assert_eq!(roster.missing(&keys(&["red", "c"])), keys(&[]));
    }
}
