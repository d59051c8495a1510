//! Who is who: the one file with keys and names in it. Everything else knows people by their ids.

use super::lms::Key;
use super::plan::Folder;
use super::roster::Roster;
use crate::files::{replace, secret};
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs;

/// The one file that knows who is who.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct People {
    version: u32,
    /// Without it nobody can find out whose an id is by trying keys.
    salt: String,
    /// In the order of their keys.
    pub people: Vec<Named>,
}

/// Whoever a submission is from.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Named {
    pub id: String,
    pub key: Key,
    /// Everybody who gets this submission's mark: the one person, or the members of a group.
    pub members: Vec<Member>,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Member {
    pub id: String,
    pub key: Key,
    #[serde(default)]
    pub name: String,
}

impl People {
    const VERSION: u32 = 2;

    pub fn new(salt: String) -> People {
        People { version: People::VERSION, salt, people: Vec::new() }
    }

    /// Reads who is who.
    ///
    /// # Errors
    /// If the file is missing or can't be understood.
    pub fn read(folder: &Folder) -> Result<People> {
        let path = folder.people();
        let text = fs::read_to_string(&path)
            .with_context(|| format!("{} is missing: it says which id belongs to whom", path.display()))?;
        let people: People =
            serde_json::from_str(&text).with_context(|| format!("{} can't be understood", path.display()))?;
        if people.version != People::VERSION {
            bail!(
                "{} is of version {}; this checker reads {}",
                path.display(),
                people.version,
                People::VERSION
            );
        }
        Ok(people)
    }

    /// Writes it for the owner's eyes only, where the system knows of such a thing.
    ///
    /// # Errors
    /// If the disk says no.
    pub fn write(&mut self, folder: &Folder) -> Result<()> {
        self.people.sort_by(|a, b| a.key.cmp(&b.key));
        secret(&folder.people(), &serde_json::to_vec_pretty(self)?)
    }

    /// The id of `key`: the same as long as the file is there.
    pub fn id(&self, key: &Key) -> String {
        let digest = Sha256::new().chain_update(&self.salt).chain_update(&key.0).finalize();
        format!("s{}", &super::hex(&digest)[..12])
    }

    /// Notes whose the submission of `key` is, a person's or a group's.
    pub fn note(&mut self, key: &Key, roster: &Roster) -> String {
        let id = self.id(key);
        let members =
            roster.members(key).into_iter().map(|(key, name)| Member { id: self.id(&key), key, name });
        let named = Named { id: id.clone(), key: key.clone(), members: members.collect() };
        // They are in the order of their keys, and a class may have many.
        match self.people.binary_search_by(|person| person.key.cmp(key)) {
            Ok(place) => self.people[place] = named,
            Err(place) => self.people.insert(place, named),
        }
        id
    }

    /// The same without keys and names, for a copy that must not have them.
    pub fn nameless(&self) -> People {
        let member = |member: &Member| Member {
            id: member.id.clone(),
            key: Key(member.id.clone()),
            name: String::new(),
        };
        let named = |named: &Named| Named {
            id: named.id.clone(),
            key: Key(named.id.clone()),
            members: named.members.iter().map(member).collect(),
        };
        // Without the salt nobody can try keys.
        People { salt: String::new(), people: self.people.iter().map(named).collect(), version: self.version }
    }

    /// Everybody.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.people.iter().flat_map(|person| &person.members)
    }

    /// The member that `text` means: an id, or a key.
    ///
    /// # Errors
    /// If it means nobody.
    pub fn member(&self, text: &str) -> Result<&Member> {
        let found = self.members().find(|member| member.id == text || member.key.0 == text);
        found.with_context(|| {
            format!("`{text}` has no submission and is not in the roster; people.json has all ids and keys")
        })
    }
}

/// Writes a table of ours by id.
///
/// # Errors
/// If the disk says no.
pub fn write_table<R: Serialize>(path: &std::path::Path, rows: &[R]) -> Result<()> {
    let mut table = csv::Writer::from_writer(Vec::new());
    for row in rows {
        table.serialize(row)?;
    }
    let bytes = table.into_inner().with_context(|| format!("{} could not be made", path.display()))?;
    fs::create_dir_all(path.parent().unwrap_or(path))
        .with_context(|| format!("could not make a folder for {}", path.display()))?;
    replace(path, &bytes)
}
