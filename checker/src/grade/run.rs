//! Judging everything that was planned: one record for each exercise of each submission, written at once and whole.

use super::depth::Depth;
use super::made::Made;
use super::plan::{Folder, Place, Plan, Taken};
use super::record::{MadeBy, Outcome, Record};
use super::shards::Shard;
use super::unfit::Unfit;
use crate::course::variant::{self, Expected, Variant};
use crate::course::{Course, Exercise};
use crate::files::{BEGUN, replace};
use crate::judge::Judge;
use crate::parallel::so_many_at_once;
use crate::process::cancel;
use crate::verdict::{Report, Status};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// How a run ended, if it did.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Ran {
    pub judged: usize,
    /// Records that were there already.
    pub kept: usize,
    /// Of those, the ones that other checks, another toolchain or other limits made.
    pub otherwise_made: usize,
    pub undecided: usize,
    pub not_submitted: usize,
}

/// Which of the records that are there are as good as new ones.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kept {
    /// Those that are decided and of the same program: only `regrade` changes them.
    Decided,
    /// Those that were made by exactly what there is now.
    AsMadeNow,
}

/// What is needed to judge a plan.
pub struct Runner<'a> {
    pub judge: &'a Judge<'a>,
    pub course: &'a Course,
    pub folder: &'a Folder,
    pub plan: &'a Plan,
    /// What makes the records.
    pub made: &'a Made,
    /// The part to judge; `None` for all of it.
    pub shard: Option<Shard>,
    /// Where the records go.
    pub verdicts: PathBuf,
    /// Where else there may be records that are as good as new ones: those of runs that were cut off.
    pub earlier: Vec<PathBuf>,
    pub keep: Kept,
    /// Whether each attempt is judged, or only the latest ones.
    pub all_attempts: bool,
    /// How many programs to judge at once; `None` for one for each processor.
    pub jobs: Option<usize>,
    pub depth: Depth,
}

/// One exercise of one attempt.
struct Job<'a> {
    place: Place,
    exercise: &'a Exercise,
    taken: &'a Taken,
    made_by: MadeBy,
}

impl Runner<'_> {
    /// Judges what has no record yet; `tell` hears of each as (done, of how many).
    ///
    /// # Errors
    /// If the machine is not fit to judge ([`Unfit`]). What was written stays.
    pub fn run(&self, tell: &mut dyn FnMut(usize, usize)) -> Result<Ran> {
        let mut ran = Ran::default();
        let jobs = self.jobs()?;
        let mut waiting = Vec::new();
        for job in jobs {
            match self.kept(&job) {
                Some(record) => {
                    ran.kept += 1;
                    ran.otherwise_made += usize::from(record.made_by != job.made_by);
                    count(&mut ran, &record);
                }
                None => waiting.push(job),
            }
        }
        if waiting.iter().any(|job| matches!(job.taken, Taken::Frozen { .. })) {
            self.sound(&waiting)
                .or_else(|error| if cancel::is_interrupted() { Err(error) } else { unfit(error) })?;
        }
        let of = waiting.len();
        let mut done = 0;
        so_many_at_once(
            self.jobs,
            &waiting,
            |job| self.record(job),
            |index, record: Result<Record>| {
                let (job, record) = (&waiting[index], record?);
                self.write(job, &record).or_else(unfit)?;
                ran.judged += 1;
                count(&mut ran, &record);
                done += 1;
                tell(done, of);
                Ok(())
            },
        )?;
        Ok(ran)
    }

    fn write(&self, job: &Job<'_>, record: &Record) -> Result<()> {
        let path = self.verdicts.join(job.place.file());
        let dir = path.parent().unwrap_or(&path);
        fs::create_dir_all(dir).with_context(|| format!("could not make {}", dir.display()))?;
        replace(&path, &serde_json::to_vec_pretty(record)?)
    }

    fn jobs(&self) -> Result<Vec<Job<'_>>> {
        let mut exercises: BTreeMap<&str, &Exercise> = BTreeMap::new();
        for name in &self.plan.exercises {
            exercises.insert(name, self.course.exercise(name)?);
        }
        let mut jobs = Vec::new();
        for (place, planned, taken) in self.plan.jobs() {
            // An exercise that the assignment had when it was taken in, and has no more.
            let Some(exercise) = exercises.get(place.exercise.as_str()).copied() else { continue };
            if self.shard.is_some_and(|shard| !shard.has(&place.id)) {
                continue;
            }
            if !self.all_attempts && !self.plan.is_latest(planned) {
                continue;
            }
            let program = match taken {
                Taken::Frozen { digest } => Some(digest.clone()),
                _ => None,
            };
            let made_by = self.made.by(&place.exercise, program);
            jobs.push(Job { place, exercise, taken, made_by });
        }
        Ok(jobs)
    }

    /// The record that is there, if it is to stay.
    fn kept(&self, job: &Job<'_>) -> Option<Record> {
        let file = job.place.file();
        let dirs = std::iter::once(&self.verdicts).chain(&self.earlier);
        dirs.filter_map(|dir| fs::read(dir.join(&file)).ok())
            .filter_map(|bytes| Record::read(&bytes).ok())
            .find(|record| self.is_kept(job, record))
    }

    fn is_kept(&self, job: &Job<'_>, record: &Record) -> bool {
        let same = match self.keep {
            Kept::Decided => record.made_by.program == job.made_by.program,
            Kept::AsMadeNow => record.made_by == job.made_by,
        };
        // Something else may be wrong with it now than when it was made.
        let refused = matches!(job.taken, Taken::Refused { .. });
        same && record.is_decided() && !refused
    }

    fn record(&self, job: &Job<'_>) -> Result<Record> {
        let without =
            |outcome: Outcome| Ok(Record::without_checks(job.place.clone(), outcome, job.made_by.clone()));
        let digest = match job.taken {
            Taken::NotSubmitted => return without(Outcome::NotSubmitted),
            Taken::Refused { reason } => return without(Outcome::Undecided { reason: reason.clone() }),
            Taken::Frozen { digest } => digest,
        };
        let dir = self.folder.frozen(&job.place);
        if frozen_digest(&dir)? != *digest {
            let reason = "its frozen copy has changed; run `cargo checker grade plan` again".to_owned();
            return without(Outcome::Undecided { reason });
        }
        let source = dir.join("lib.rs");
        let source = source.canonicalize().with_context(|| format!("could not find {}", source.display()))?;
        let clauses = job.exercise.contract(&self.course.root)?.len() as u32;
        match self.depth.judge(self.judge, job.exercise, &source) {
            Ok(report) => {
                let report = in_own_words(report, source.parent().unwrap_or(&source))?;
                Ok(Record::of(report, job.place.clone(), clauses, job.made_by.clone(), self.depth))
            }
            Err(error) if cancel::is_interrupted() => Err(error),
            // Ours: another try may decide it, and nobody loses a point by it.
            Err(error) => without(Outcome::Undecided { reason: format!("{error:#}") }),
        }
    }

    /// Whether this machine judges at all: for each exercise its solution passes and a wrong program does not.
    fn sound(&self, waiting: &[Job<'_>]) -> Result<()> {
        space(&self.folder.0)?;
        let mut seen = Vec::new();
        for job in waiting {
            let exercise = job.exercise;
            if seen.contains(&&exercise.name) {
                continue;
            }
            seen.push(&exercise.name);
            let programs = variant::of(&self.course.root, exercise);
            let programs: Vec<&Variant> =
                programs.iter().flatten().filter(|it| self.course.root.join(&it.source).is_file()).collect();
            let right = programs.iter().find(|variant| variant.expected == Expected::Passed);
            let wrong = programs.iter().find(|variant| {
                matches!(variant.expected, Expected::Finding { .. }) && variant.is_in("rejected")
            });
            // An edition without solutions has no right program to try, and the stub for a wrong one.
            let wrong = wrong.or_else(|| programs.iter().find(|variant| variant.source == exercise.source()));
            for (variant, wanted) in [(right, Status::Passed), (wrong, Status::Failed)] {
                let Some(variant) = variant else { continue };
                let got = self.judge.judge(exercise, &variant.source, &mut |_| {})?.verdict;
                if got != wanted {
                    bail!(Unfit(format!(
                        "{} should get `{}` and got `{}` on this machine; nothing was judged",
                        variant.source.display(),
                        wanted.name(),
                        got.name()
                    )));
                }
            }
        }
        Ok(())
    }
}

fn count(ran: &mut Ran, record: &Record) {
    match record.outcome {
        Outcome::Undecided { .. } => ran.undecided += 1,
        Outcome::NotSubmitted => ran.not_submitted += 1,
        _ => {}
    }
}

/// What goes wrong before or beside judging is the machine's fault, and another one may do.
fn unfit<T>(error: anyhow::Error) -> Result<T> {
    match error.is::<Unfit>() {
        true => Err(error),
        false => {
            Err(Unfit(format!("{error:#}\nno verdict is lost; mend this and run the command again")).into())
        }
    }
}

/// Takes away what a run that was killed had begun to write.
///
/// # Errors
/// If the folder can't be read.
pub fn sweep(dir: &Path) -> Result<()> {
    for entry in WalkDir::new(dir) {
        let Ok(entry) = entry else { continue };
        if entry.file_type().is_file() && entry.file_name().to_string_lossy().ends_with(BEGUN) {
            fs::remove_file(entry.path())
                .with_context(|| format!("could not remove {}", entry.path().display()))?;
        }
    }
    Ok(())
}

/// The least that must be free where records are written.
const FREE_BYTES: u64 = 1 << 30;

fn space(dir: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        let stat =
            rustix::fs::statvfs(dir).with_context(|| format!("could not look at {}", dir.display()))?;
        let free = stat.f_bavail.saturating_mul(stat.f_frsize);
        if free < FREE_BYTES {
            bail!(Unfit(format!(
                "{} MB are free at {}, and {} MB are needed; nothing was judged",
                free >> 20,
                dir.display(),
                FREE_BYTES >> 20
            )));
        }
    }
    #[cfg(not(unix))]
    let _ = dir;
    Ok(())
}

/// A report without the places of this machine: what it says of files reads as on the learner's.
fn in_own_words(report: Report, dir: &Path) -> Result<Report> {
    let text = serde_json::to_string(&report)?;
    let quoted = serde_json::to_string(&dir.display().to_string())?;
    let text = text.replace(quoted.trim_matches('"'), "src");
    serde_json::from_str(&text).context("a report without this machine's folders can't be read")
}

/// The digest of a frozen copy as it is now.
fn frozen_digest(dir: &Path) -> Result<String> {
    let mut files = BTreeMap::new();
    for entry in WalkDir::new(dir).sort_by_file_name() {
        let entry = entry.with_context(|| format!("could not read {}", dir.display()))?;
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(dir)?.to_string_lossy().replace('\\', "/");
            files.insert(path, fs::read(entry.path())?);
        }
    }
    super::intake::Part::Taken(files).digest().context("a frozen copy has no digest")
}
