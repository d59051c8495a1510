//! Taking in: a frozen copy of everything that was handed in, each attempt by itself, and the plan of what to judge.

use super::intake::{self, Intake, Part, Source, Submission};
use super::late::Late;
use super::lms::Key;
use super::people::People;
use super::plan::{Folder, Place, Plan, Planned, Taken};
use super::roster::Roster;
use crate::course::{Course, Exercise};
use crate::files::replace;
use crate::legible;
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Takes in everything there is and writes the plan, the frozen copy and the mapping file into `folder`. An earlier plan
/// there is gone on with: ids stay, and what differs from the attempts that are there is another attempt. So does the number of
/// its shards, unless there is another one.
///
/// # Errors
/// If there is no submission, or the disk says no.
pub fn make(
    course: &Course,
    folder: &Folder,
    source: &Source<'_>,
    shards: Option<u32>,
) -> Result<(Plan, Intake)> {
    let exercises = source.assignment.exercises(course)?;
    source.assignment.worth(course)?;
    outside(folder, source.from)?;
    let intake = intake::read(source, &exercises)?;
    let mut people = match folder.people().exists() {
        true => People::read(folder)?,
        false => People::new(salt(&intake)),
    };
    let (planned, before) = match folder.plan().exists() {
        true => Plan::read(folder).map(|plan| (plan.submissions, plan.shards))?,
        false => (Vec::new(), 1),
    };
    // A class may have many: each looks through its own attempts alone.
    let mut submissions: BTreeMap<String, Vec<Planned>> = BTreeMap::new();
    for attempt in planned {
        submissions.entry(attempt.id.clone()).or_default().push(attempt);
    }
    fs::create_dir_all(&folder.0).with_context(|| format!("could not make {}", folder.0.display()))?;
    for (key, attempts) in by_group(&intake, source.roster) {
        let id = people.note(&key, source.roster);
        let own = submissions.entry(id.clone()).or_default();
        for (late, parts) in attempts {
            add(folder, &id, late, &parts, own)?;
        }
    }
    let plan = Plan {
        version: Plan::VERSION,
        release: course.release().to_owned(),
        layout: intake.layout,
        shards: shards.unwrap_or(before),
        exercises: exercises.iter().map(|exercise: &&Exercise| exercise.name.clone()).collect(),
        submissions: submissions.into_values().flatten().collect(),
    };
    people.write(folder)?;
    replace(&folder.plan(), &serde_json::to_vec_pretty(&plan)?)?;
    Ok((plan, intake))
}

/// What comes out must not be among what is read.
fn outside(folder: &Folder, from: &Path) -> Result<()> {
    let Ok(from) = from.canonicalize() else { return Ok(()) };
    // It may not be there yet: then its nearest folder that is says where it is.
    let out = std::path::absolute(&folder.0).unwrap_or_else(|_| folder.0.clone());
    let there = out.ancestors().find_map(|dir| dir.canonicalize().ok());
    if from.is_dir() && there.is_some_and(|it| it.starts_with(&from)) {
        bail!(
            "{} is inside {}; name a folder outside of the submissions",
            folder.0.display(),
            from.display()
        );
    }
    Ok(())
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

type Attempt = (Late, BTreeMap<String, Part>);

/// The attempts of each person, or of each group, the first one first.
fn by_group(intake: &Intake, roster: &Roster) -> BTreeMap<Key, Vec<Attempt>> {
    let mut groups: BTreeMap<Key, Vec<&Submission>> = BTreeMap::new();
    for submission in &intake.submissions {
        groups.entry(roster.one_for_all(&submission.key)).or_default().push(submission);
    }
    groups.into_iter().map(|(key, submissions)| (key, in_order(submissions))).collect()
}

/// The attempts of one group in the order in which they were handed in. Where several members handed something in and nobody
/// knows which was the last, a person has to say which one counts.
fn in_order(mut submissions: Vec<&Submission>) -> Vec<Attempt> {
    let differ = |a: &Submission, b: &Submission| a.key != b.key && a.parts != b.parts;
    let unclear = submissions.iter().any(|it| it.late.moment().is_none())
        && submissions.windows(2).any(|pair| differ(pair[0], pair[1]));
    if unclear {
        let mut keys: Vec<&str> = submissions.iter().map(|it| it.key.0.as_str()).collect();
        keys.dedup();
        let reason = format!(
            "{} members of one group handed in different programs; give the times with `--submitted`, or keep only one of the programs",
            keys.len()
        );
        let refused = |name: &String| (name.clone(), Part::Refused(reason.clone()));
        return vec![(Late::Unknown, submissions[0].parts.keys().map(refused).collect())];
    }
    // A stable sort: attempts without a moment stay in the order of their names.
    if submissions.iter().all(|it| it.late.moment().is_some()) {
        submissions.sort_by_key(|it| it.late.moment().map(str::to_owned));
    }
    submissions.into_iter().map(|it| (it.late.clone(), it.parts.clone())).collect()
}

/// Adds an attempt to those of one submission, unless it is there already or nothing was handed in after all.
fn add(
    folder: &Folder,
    id: &str,
    late: Late,
    parts: &BTreeMap<String, Part>,
    attempts: &mut Vec<Planned>,
) -> Result<()> {
    let taken: BTreeMap<String, Taken> =
        parts.iter().map(|(name, part)| (name.clone(), taken(part))).collect();
    let same =
        |old: &Planned| taken.iter().all(|(name, part)| old.parts.get(name).is_none_or(|it| it == part));
    let number = match attempts.iter().position(same) {
        Some(index) => {
            // An exercise may have been added to the assignment, and a date may have come to be known.
            attempts[index].parts.extend(taken);
            if late != Late::Unknown {
                attempts[index].late = late;
            }
            attempts[index].attempt
        }
        None => {
            let number = 1 + attempts.iter().map(|it| it.attempt).max().unwrap_or(0);
            if number > 1 && taken.values().all(|part| *part == Taken::NotSubmitted) {
                return Ok(());
            }
            attempts.push(Planned { id: id.to_owned(), attempt: number, late, parts: taken });
            number
        }
    };
    for (exercise, part) in parts {
        if let Part::Taken(files) = part {
            freeze(folder, &Place { id: id.to_owned(), attempt: number, exercise: exercise.clone() }, files)?;
        }
    }
    Ok(())
}

fn taken(part: &Part) -> Taken {
    match (part, part.digest()) {
        (Part::Refused(reason), _) => Taken::Refused { reason: legible::line(reason) },
        (_, Some(digest)) => Taken::Frozen { digest },
        (_, None) => Taken::NotSubmitted,
    }
}

/// Copies the files of one part, whole or not at all: a copy that was begun is begun again.
fn freeze(folder: &Folder, place: &Place, files: &BTreeMap<String, Vec<u8>>) -> Result<()> {
    let dir = folder.frozen(place);
    let new = dir.with_file_name("src.new");
    for old in [&new, &dir] {
        if old.exists() {
            fs::remove_dir_all(old).with_context(|| format!("could not remove {}", old.display()))?;
        }
    }
    intake::freeze(files, &new)?;
    fs::rename(&new, &dir).with_context(|| format!("could not make {}", dir.display()))
}
