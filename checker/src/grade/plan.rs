//! The plan of a grading: what is to be judged, under ids that name nobody.

use super::late::Late;
use super::lms::Layout;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// What is to be judged. It has no key and no name in it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Plan {
    pub version: u32,
    /// Of the course when the submissions were taken in.
    pub release: String,
    pub layout: Layout,
    /// Into how many parts it is cut, for as many machines; 1 where it is judged as a whole.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub shards: u32,
    /// The exercises that count, in the order of the course.
    pub exercises: Vec<String>,
    /// In the order of their ids, and each one's attempts in theirs.
    pub submissions: Vec<Planned>,
}

fn one() -> u32 {
    1
}

// Serde hands over a reference.
#[expect(clippy::trivially_copy_pass_by_ref)]
fn is_one(shards: &u32) -> bool {
    *shards == 1
}

/// One attempt of a person or a group. Two attempts are never mixed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Planned {
    pub id: String,
    /// From 1.
    pub attempt: u32,
    pub late: Late,
    /// By exercise.
    pub parts: BTreeMap<String, Taken>,
}

/// What was taken in for one exercise; its files lie in the frozen copy.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Taken {
    Frozen { digest: String },
    NotSubmitted,
    Refused { reason: String },
}

/// Where the parts of a grading lie.
#[derive(Clone, Debug)]
pub struct Folder(pub PathBuf);

/// The name of one verdict.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Place {
    pub id: String,
    pub attempt: u32,
    pub exercise: String,
}

impl Place {
    /// The file of its record below a folder of verdicts.
    pub fn file(&self) -> PathBuf {
        PathBuf::from(&self.id).join(self.attempt.to_string()).join(format!("{}.json", self.exercise))
    }
}

impl Folder {
    pub fn plan(&self) -> PathBuf {
        self.0.join("plan.json")
    }

    pub fn people(&self) -> PathBuf {
        self.0.join("people.json")
    }

    /// The folder that stands for the exercise's `src`.
    pub fn frozen(&self, place: &Place) -> PathBuf {
        self.0
            .join("frozen")
            .join(&place.id)
            .join(place.attempt.to_string())
            .join(&place.exercise)
            .join("src")
    }

    /// The verdicts that count.
    pub fn verdicts(&self) -> PathBuf {
        self.0.join("verdicts")
    }

    /// The runs of all shards.
    pub fn shards(&self) -> PathBuf {
        self.0.join("shards")
    }

    /// What a regrading proposes.
    pub fn regrade(&self) -> PathBuf {
        self.0.join("regrade")
    }

    /// What decides about marks besides the verdicts: a file for each thing.
    pub fn policy(&self, file: &str) -> PathBuf {
        self.0.join("policy").join(file)
    }
}

impl Plan {
    pub const VERSION: u32 = 2;

    /// Reads the plan that is in `folder`.
    ///
    /// # Errors
    /// If there is none, or it is from another version.
    pub fn read(folder: &Folder) -> Result<Plan> {
        let path = folder.plan();
        let text = fs::read_to_string(&path).with_context(|| {
            format!(
                "{} is missing; `cargo checker grade plan SUBMISSIONS --out {}` makes it",
                path.display(),
                folder.0.display()
            )
        })?;
        let plan: Plan =
            serde_json::from_str(&text).with_context(|| format!("{} can't be understood", path.display()))?;
        if plan.version != Plan::VERSION {
            bail!("{} is of version {}; this checker reads {}", path.display(), plan.version, Plan::VERSION);
        }
        Ok(plan)
    }

    /// Every exercise of every attempt, in order.
    pub fn jobs(&self) -> impl Iterator<Item = (Place, &Planned, &Taken)> {
        self.submissions.iter().flat_map(|planned| {
            planned.parts.iter().map(move |(exercise, taken)| (planned.place(exercise), planned, taken))
        })
    }

    /// The attempts of one submission, the first one first.
    pub fn attempts(&self, id: &str) -> Vec<&Planned> {
        // They are in the order of their ids, and a class may have many.
        let first = self.submissions.partition_point(|planned| planned.id.as_str() < id);
        self.submissions[first..].iter().take_while(|planned| planned.id == id).collect()
    }

    /// Whether nothing was handed in after this one.
    pub fn is_latest(&self, planned: &Planned) -> bool {
        self.attempts(&planned.id).iter().all(|other| other.attempt <= planned.attempt)
    }
}

impl Planned {
    pub fn place(&self, exercise: &str) -> Place {
        Place { id: self.id.clone(), attempt: self.attempt, exercise: exercise.to_owned() }
    }
}
