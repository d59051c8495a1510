//! The roster: everybody who should have handed in, their groups, and what was granted to whom.

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

    /// The keys of those of whom, or of whose group, nothing was handed in.
    pub fn missing(&self, there: &BTreeSet<&Key>) -> Vec<Key> {
        let handed_in =
            |person: &Person| there.contains(&person.key) || there.contains(&Key(person.group.clone()));
        let groups = self.groups();
        let by_another = |person: &Person| {
            groups
                .get(&person.group)
                .is_some_and(|members| members.iter().any(|member| there.contains(member)))
        };
        let missing = self.people.iter().filter(|person| !handed_in(person) && !by_another(person));
        missing.map(|person| person.key.clone()).collect()
    }

    /// The members of each group, by its name.
    pub fn groups(&self) -> BTreeMap<String, Vec<Key>> {
        let mut groups: BTreeMap<String, Vec<Key>> = BTreeMap::new();
        for person in self.people.iter().filter(|person| !person.group.is_empty()) {
            groups.entry(person.group.clone()).or_default().push(person.key.clone());
        }
        groups
    }
}
