//! The plan of a grading: a frozen copy of everything that was handed in, under ids that name nobody.

use super::assignment::Assignment;
use super::intake::{self, Intake, Part};
use super::late::Late;
use super::lms::{Key, Layout};
use super::roster::Roster;
use crate::course::{Course, Exercise};
use crate::files::replace;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What is to be judged. It has no key and no name in it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Plan {
    pub version: u32,
    /// Of the course when the submissions were taken in.
    pub release: String,
    pub layout: Layout,
    pub assignment: Assignment,
    /// The exercises that count, in the order of the course.
    pub exercises: Vec<String>,
    /// In the order of their ids.
    pub submissions: Vec<Planned>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Planned {
    pub id: String,
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

/// The one file that knows who is who.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct People {
    /// Without it nobody can find out whose an id is by trying keys.
    salt: String,
    pub people: Vec<Named>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Named {
    pub id: String,
    pub key: Key,
    #[serde(default)]
    pub name: String,
    /// Everybody who gets this submission's mark: the key itself, or the members of a group.
    pub members: Vec<Key>,
}

/// Where the parts of a grading lie.
#[derive(Clone, Debug)]
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn plan(&self) -> PathBuf {
        self.0.join("plan.json")
    }

    pub fn people(&self) -> PathBuf {
        self.0.join("people.json")
    }

    /// The folder that stands for the exercise's `src`.
    pub fn frozen(&self, id: &str, exercise: &str) -> PathBuf {
        self.0.join("frozen").join(id).join(exercise).join("src")
    }

    pub fn record(&self, id: &str, exercise: &str) -> PathBuf {
        self.0.join("verdicts").join(id).join(format!("{exercise}.json"))
    }
}

impl Plan {
    const VERSION: u32 = 1;

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

    /// Every exercise of every submission, in order.
    pub fn jobs(&self) -> impl Iterator<Item = (&Planned, &str, &Taken)> {
        self.submissions.iter().flat_map(|planned| {
            planned.parts.iter().map(move |(exercise, taken)| (planned, exercise.as_str(), taken))
        })
    }
}

impl People {
    /// Reads who is who.
    ///
    /// # Errors
    /// If the file is missing or can't be understood.
    pub fn read(folder: &Folder) -> Result<People> {
        let path = folder.people();
        let text = fs::read_to_string(&path)
            .with_context(|| format!("{} is missing: it says whose an id is", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} can't be understood", path.display()))
    }

    fn id(&self, key: &Key) -> String {
        if let Some(known) = self.people.iter().find(|person| person.key == *key) {
            return known.id.clone();
        }
        let digest = Sha256::new().chain_update(&self.salt).chain_update(&key.0).finalize();
        format!("s{}", &super::hex(&digest)[..12])
    }
}

/// Takes in everything at `from` and writes the plan, the frozen copy and the mapping file into `folder`. An earlier plan
/// there is gone on with: ids stay, and what was handed in again takes the place of what was there.
///
/// # Errors
/// If `from` has no submission in it, or the disk says no.
pub fn make(
    course: &Course,
    from: &Path,
    folder: &Folder,
    assignment: &Assignment,
    roster: &Roster,
) -> Result<(Plan, Intake)> {
    let exercises = assignment.exercises(course)?;
    assignment.worth(course)?;
    let inside = |outer: &Path, inner: &Path| inner.canonicalize().is_ok_and(|it| it.starts_with(outer));
    if from
        .canonicalize()
        .is_ok_and(|from| inside(&from, folder.0.parent().unwrap_or(&folder.0)) && from.is_dir())
    {
        bail!(
            "{} is within {}; name a folder outside of the submissions",
            folder.0.display(),
            from.display()
        );
    }
    let intake = intake::read(from, assignment, &exercises, roster)?;
    let mut people = People::read(folder).unwrap_or(People { salt: salt(&intake), people: Vec::new() });
    let mut submissions = Vec::new();
    for submission in &intake.submissions {
        let id = people.id(&submission.key);
        let mut parts = BTreeMap::new();
        for (exercise, part) in &submission.parts {
            parts.insert(exercise.clone(), freeze(folder, &id, exercise, part)?);
        }
        let named = name(&submission.key, &id, roster);
        people.people.retain(|person| person.key != submission.key);
        people.people.push(named);
        submissions.push(Planned { id, late: submission.late.clone(), parts });
    }
    submissions.sort_by(|a, b| a.id.cmp(&b.id));
    people.people.sort_by(|a, b| a.key.cmp(&b.key));
    let plan = Plan {
        version: Plan::VERSION,
        release: course.release().to_owned(),
        layout: intake.layout,
        assignment: assignment.clone(),
        exercises: exercises.iter().map(|exercise: &&Exercise| exercise.name.clone()).collect(),
        submissions,
    };
    fs::create_dir_all(&folder.0).with_context(|| format!("could not make {}", folder.0.display()))?;
    replace(&folder.people(), &serde_json::to_vec_pretty(&people)?)?;
    private(&folder.people())?;
    replace(&folder.plan(), &serde_json::to_vec_pretty(&plan)?)?;
    Ok((plan, intake))
}

/// A secret that only depends on what was handed in, so that the same class gives the same ids.
fn salt(intake: &Intake) -> String {
    let mut hash = Sha256::new();
    for submission in &intake.submissions {
        hash.update(&submission.key.0);
        for part in submission.parts.values() {
            hash.update(part.digest().unwrap_or_default());
        }
    }
    super::hex(&hash.finalize())
}

fn name(key: &Key, id: &str, roster: &Roster) -> Named {
    let person = roster.people.iter().find(|person| person.key == *key);
    let groups = roster.groups();
    // A submission may be under the group's name, or under that of whoever handed it in.
    let group = person.map(|person| &person.group).filter(|group| !group.is_empty()).unwrap_or(&key.0);
    let members = groups.get(group).cloned().unwrap_or_else(|| vec![key.clone()]);
    let name = person.map(|person| person.name.clone()).unwrap_or_default();
    Named { id: id.to_owned(), key: key.clone(), name, members }
}

/// Copies the files of one part, if they are not there already.
fn freeze(folder: &Folder, id: &str, exercise: &str, part: &Part) -> Result<Taken> {
    let digest = match (part, part.digest()) {
        (Part::Refused(reason), _) => return Ok(Taken::Refused { reason: reason.clone() }),
        (_, None) => return Ok(Taken::NotSubmitted),
        (_, Some(digest)) => digest,
    };
    let Part::Taken(files) = part else { return Ok(Taken::NotSubmitted) };
    let dir = folder.frozen(id, exercise);
    // Whole or not at all: a copy that was begun is begun again.
    let new = dir.with_file_name("src.new");
    for old in [&new, &dir] {
        if old.exists() {
            fs::remove_dir_all(old).with_context(|| format!("could not remove {}", old.display()))?;
        }
    }
    intake::freeze(files, &new)?;
    fs::rename(&new, &dir).with_context(|| format!("could not make {}", dir.display()))?;
    Ok(Taken::Frozen { digest })
}

/// For the owner's eyes only, where the system knows of such a thing.
fn private(path: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))
            .with_context(|| format!("could not make {} private", path.display()))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
