//! The records of all shards put together. A shard that never ran, stopped half way, ran twice with two outcomes, or was judged
//! by something else than the others is named; then nothing is merged.

use super::graded::needs_all_attempts;
use super::made::Made;
use super::plan::{Folder, Place, Plan, Taken};
use super::record::{Outcome, Record};
use super::rules::Rules;
use super::run::sweep;
use super::shards::{self, Begun, Shard};
use crate::files::replace;
use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use walkdir::WalkDir;

/// What came of merging.
#[derive(Debug, Default)]
pub struct Merged {
    /// By shard, why the records of it can't be taken. Unless it is empty, nothing was merged.
    pub problems: BTreeMap<u32, Vec<String>>,
    pub shards: u32,
    /// Records that were put where the verdicts are.
    pub merged: usize,
    /// Those that were there already.
    pub kept: usize,
    pub undecided: usize,
    /// What is worth knowing, and no problem.
    pub notes: Vec<String>,
}

/// A record that some run of a shard has written.
struct Candidate {
    /// Which of the things that made records made it.
    made: usize,
    run: usize,
    path: PathBuf,
    is_decided: bool,
}

/// Everything that the runs of all shards have left.
#[derive(Default)]
struct Found {
    made: Vec<Made>,
    candidates: BTreeMap<Place, Vec<Candidate>>,
    problems: BTreeMap<u32, Vec<String>>,
}

/// Puts the records of all shards where the verdicts are.
///
/// # Errors
/// If there are no shards, or something can't be read or written.
pub fn merge(folder: &Folder) -> Result<Merged> {
    let plan = Plan::read(folder)?;
    if plan.shards == 1 {
        bail!("the plan has one shard, so there is nothing to merge; `cargo checker grade run` judges it");
    }
    let wanted = wanted(folder, &plan)?;
    let all = || (0..plan.shards).map(|index| Shard { index, of: plan.shards });
    let mut found = Found::default();
    for shard in all() {
        found.look(folder, shard, &wanted)?;
    }
    let mut merged = Merged { shards: plan.shards, ..Merged::default() };
    let Some(reference) = found.reference(wanted.len())? else {
        let never = |shard: Shard| (shard.index, vec!["it has never run".to_owned()]);
        merged.problems = all().map(never).collect();
        return Ok(merged);
    };
    for shard in all() {
        found.complete(folder, shard, &wanted, reference);
        merged.notes.extend(found.twice(shard, reference)?);
    }
    merged.problems = found.problems;
    if merged.problems.is_empty() {
        sweep(&folder.verdicts())?;
        for (place, program) in &wanted {
            let candidates = found.candidates.get(place).map_or(&[][..], Vec::as_slice);
            put(folder, place, program.as_deref(), best(candidates, reference), &mut merged)?;
        }
    }
    Ok(merged)
}

/// The records that there have to be, each with its program's digest.
fn wanted(folder: &Folder, plan: &Plan) -> Result<BTreeMap<Place, Option<String>>> {
    let all_attempts = needs_all_attempts(&Rules::read(folder)?.assignment);
    let counts = |place: &Place| plan.exercises.contains(&place.exercise);
    let jobs =
        plan.jobs().filter(|(place, planned, _)| counts(place) && (all_attempts || plan.is_latest(planned)));
    let program = |taken: &Taken| match taken {
        Taken::Frozen { digest } => Some(digest.clone()),
        _ => None,
    };
    Ok(jobs.map(|(place, _, taken)| (place, program(taken))).collect())
}

/// The best of what one thing has made: decided, and of the latest run.
fn best(candidates: &[Candidate], made: usize) -> Option<&Candidate> {
    candidates.iter().filter(|it| it.made == made).max_by_key(|it| (it.is_decided, it.run))
}

fn read(path: &PathBuf) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("could not read {}", path.display()))
}

/// Puts one record where the verdicts are. One that is there and decided stays, as it does when it is judged again.
fn put(
    folder: &Folder,
    place: &Place,
    program: Option<&str>,
    candidate: Option<&Candidate>,
    merged: &mut Merged,
) -> Result<()> {
    let to = folder.verdicts().join(place.file());
    let there = fs::read(&to).ok().and_then(|bytes| Record::read(&bytes).ok());
    let stays = |record: &Record| record.is_decided() && record.made_by.program.as_deref() == program;
    let record = match (there.filter(stays), candidate) {
        (Some(record), _) => {
            merged.kept += 1;
            record
        }
        (None, Some(candidate)) => {
            let bytes = read(&candidate.path)?;
            let dir = to.parent().unwrap_or(&to);
            fs::create_dir_all(dir).with_context(|| format!("could not make {}", dir.display()))?;
            replace(&to, &bytes)?;
            merged.merged += 1;
            Record::read(&bytes)?
        }
        (None, None) => {
            bail!("the record of {} on {} was removed during the merge", place.id, place.exercise)
        }
    };
    merged.undecided += usize::from(matches!(record.outcome, Outcome::Undecided { .. }));
    Ok(())
}

impl Found {
    /// Looks through the runs of one shard.
    fn look(
        &mut self,
        folder: &Folder,
        shard: Shard,
        wanted: &BTreeMap<Place, Option<String>>,
    ) -> Result<()> {
        for (number, run) in shards::runs(folder, shard).into_iter().enumerate() {
            let Some(begun) = Begun::read(&run)? else { continue };
            let made = self.number(&begun.made);
            for entry in WalkDir::new(shards::verdicts(&run)).sort_by_file_name() {
                // Where there is no record yet there is no folder either.
                let Ok(entry) = entry else { continue };
                let path = entry.path().to_owned();
                if !entry.file_type().is_file() || path.extension().is_none_or(|it| it != "json") {
                    continue;
                }
                // One that was cut short is as good as none.
                let Ok(record) = Record::read(&read(&path)?) else { continue };
                let (place, is_decided) = (record.place(), record.is_decided());
                let own = wanted.get(&place).filter(|_| shard.has(&place.id));
                let expected = own.map(|program| begun.made.by(&place.exercise, program.clone()));
                match expected {
                    // Of an attempt before the one that counts now.
                    None if shard.has(&place.id) => {}
                    Some(expected) if expected == record.made_by => {
                        let candidate = Candidate { made, run: number, path, is_decided };
                        self.candidates.entry(place).or_default().push(candidate);
                    }
                    _ => self.problem(
                        shard,
                        format!("{} is not a record of this shard; remove it", path.display()),
                    ),
                }
            }
        }
        Ok(())
    }

    fn problem(&mut self, shard: Shard, text: String) {
        self.problems.entry(shard.index).or_default().push(text);
    }

    fn number(&mut self, made: &Made) -> usize {
        self.made.iter().position(|it| it == made).unwrap_or_else(|| {
            self.made.push(made.clone());
            self.made.len() - 1
        })
    }

    /// What has made most of the records: the others are compared with it. `None` where nothing has run.
    fn reference(&self, all: usize) -> Result<Option<usize>> {
        let mut counts = vec![0_usize; self.made.len()];
        for candidates in self.candidates.values() {
            let makers: BTreeSet<usize> = candidates.iter().map(|it| it.made).collect();
            makers.into_iter().for_each(|made| counts[made] += 1);
        }
        let whole: Vec<usize> = (0..counts.len()).filter(|made| counts[*made] == all).collect();
        if let [one, other, ..] = whole[..] {
            bail!(
                "every shard was judged twice, the second time with {}; remove from `shards` the runs that should not count",
                self.made[other].differences(&self.made[one]).join(", ")
            );
        }
        // Of as many, the one that was seen first.
        Ok((0..counts.len()).rev().max_by_key(|made| counts[*made]))
    }

    /// Names what is missing of a shard.
    fn complete(
        &mut self,
        folder: &Folder,
        shard: Shard,
        wanted: &BTreeMap<Place, Option<String>>,
        reference: usize,
    ) {
        let own: Vec<&Place> = wanted.keys().filter(|place| shard.has(&place.id)).collect();
        let (mut missing, mut others) = (Vec::new(), BTreeSet::new());
        for place in &own {
            let candidates = self.candidates.get(*place).map_or(&[][..], Vec::as_slice);
            if best(candidates, reference).is_none() {
                missing.push(*place);
                others.extend(candidates.iter().map(|it| it.made));
            }
        }
        let Some(first) = missing.first() else { return };
        let text = if shards::runs(folder, shard).is_empty() {
            "it has never run".to_owned()
        } else if others.is_empty() {
            format!(
                "it stopped half way: {} of {} records are missing, such as that of {} on {}",
                missing.len(),
                own.len(),
                first.id,
                first.exercise
            )
        } else {
            let differ = |made: usize| self.made[made].differences(&self.made[reference]).join(", ");
            let differ: Vec<String> = others.into_iter().map(differ).collect();
            format!("it was judged with {}", differ.join("; "))
        };
        self.problem(shard, text);
    }

    /// Whether a shard ran twice; if the runs differ, that is a problem.
    fn twice(&mut self, shard: Shard, reference: usize) -> Result<Option<String>> {
        let mut again = 0;
        let mut differ = Vec::new();
        for (place, candidates) in &self.candidates {
            let decided: Vec<&Candidate> =
                candidates.iter().filter(|it| it.made == reference && it.is_decided).collect();
            let [first, others @ ..] = decided.as_slice() else { continue };
            if others.is_empty() || !shard.has(&place.id) {
                continue;
            }
            again += 1;
            let bytes = read(&first.path)?;
            for other in others {
                if read(&other.path)? != bytes {
                    differ.push(format!(
                        "it ran twice, and the second time {} on {} had another result; compare {} with {}, and remove one of them",
                        place.id,
                        place.exercise,
                        first.path.display(),
                        other.path.display()
                    ));
                }
            }
        }
        let note =
            format!("shard {} ran twice: {again} records are there twice, with the same bytes", shard.index);
        let is_same = differ.is_empty();
        differ.into_iter().for_each(|text| self.problem(shard, text));
        Ok((again > 0 && is_same).then_some(note))
    }
}
