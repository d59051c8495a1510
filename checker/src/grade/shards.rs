//! Shards: the parts of a plan that are judged by as many machines. Each run of a shard has a folder of its own, so nobody waits
//! for anybody, and a folder that all machines see is all they share.

use super::made::Made;
use super::plan::Folder;
use crate::files::replace;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// One of the parts of a plan, from 0.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Shard {
    pub index: u32,
    pub of: u32,
}

impl Shard {
    /// The shard of a submission. It depends on the submission's id alone, so that one that comes later moves no other.
    pub fn of_id(id: &str, of: u32) -> Shard {
        let digest = Sha256::digest(id);
        let start = digest.iter().take(8).fold(0, |number: u64, byte| (number << 8) | u64::from(*byte));
        let index = start % u64::from(of.max(1));
        Shard { index: u32::try_from(index).unwrap_or_default(), of }
    }

    /// Whether a submission is in it.
    pub fn has(self, id: &str) -> bool {
        self == Shard::of_id(id, self.of)
    }

    /// The folder of its runs.
    pub fn folder(self, folder: &Folder) -> PathBuf {
        folder.shards().join(self.of.to_string()).join(self.index.to_string())
    }
}

/// The shard that a command line asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wanted {
    /// The one whose number the engine that starts the shards gives.
    Environment,
    This(Shard),
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Wanted, String> {
        if text == "env" {
            return Ok(Wanted::Environment);
        }
        let number = |text: &str| text.parse::<u32>().ok();
        let numbers = text.split_once('/').and_then(|(index, of)| Some((number(index)?, number(of)?)));
        let Some((index, of)) = numbers else {
            return Err("write it as 0/4, for the first of 4, or as `env`".to_owned());
        };
        if index >= of {
            return Err(format!(
                "shards are counted from 0, so the last of {of} is {}/{of}",
                of.saturating_sub(1)
            ));
        }
        Ok(Wanted::This(Shard { index, of }))
    }
}

/// What each engine calls the number of a task, and the number of its first one.
const ENGINES: [(&str, u32); 3] =
    [("SLURM_ARRAY_TASK_ID", 0), ("PARALLEL_SEQ", 1), ("JOB_COMPLETION_INDEX", 0)];

impl Wanted {
    /// The shard of a plan that has `shards` of them. How many there are is never taken from the environment: engines tell the
    /// size of what was started last, which may have been the two that failed.
    ///
    /// # Errors
    /// If the plan has no such shard, or the environment names none.
    pub fn of(self, shards: u32) -> Result<Shard> {
        self.with(shards, |name| env::var(name).ok())
    }

    fn with(self, shards: u32, variable: impl Fn(&str) -> Option<String>) -> Result<Shard> {
        let index = match self {
            Wanted::This(shard) if shard.of != shards => bail!(
                "the plan has {shards} shards, not {}; `cargo checker grade plan SUBMISSIONS --shards {}` would change that",
                shard.of,
                shard.of
            ),
            Wanted::This(shard) => return Ok(shard),
            Wanted::Environment => index(variable)?,
        };
        if index >= shards {
            bail!(
                "the plan has {shards} shards, but this is task {index}, counted from 0; start tasks 0 to {}",
                shards - 1
            );
        }
        Ok(Shard { index, of: shards })
    }
}

/// The number of this task, from 0, as the one engine says that has started it.
fn index(variable: impl Fn(&str) -> Option<String>) -> Result<u32> {
    let told: Vec<(&str, u32, String)> =
        ENGINES.into_iter().filter_map(|(name, first)| Some((name, first, variable(name)?))).collect();
    let names = ENGINES.map(|(name, _)| name).join(", ");
    let [(name, first, text)] = told.as_slice() else {
        match told.as_slice() {
            [] => {
                bail!("this task has no number: none of {names} is set; name the shard, as in `--shard 0/4`")
            }
            _ => bail!("more than one of {names} is set; name the shard, as in `--shard 0/4`"),
        }
    };
    let number: Option<u32> = text.trim().parse().ok();
    number
        .and_then(|number| number.checked_sub(*first))
        .with_context(|| format!("{name} is `{text}`, which is not a number from {first}"))
}

/// What stands in the folder of a run: it is written before the first record.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Begun {
    pub version: u32,
    pub made: Made,
}

impl Begun {
    const VERSION: u32 = 1;
    const FILE: &str = "run.json";

    /// What stands in the folder `run`; `None` if the run was cut off before it had begun.
    ///
    /// # Errors
    /// If it is from another version.
    pub fn read(run: &Path) -> Result<Option<Begun>> {
        let path = run.join(Begun::FILE);
        let Ok(bytes) = fs::read(&path) else { return Ok(None) };
        let Ok(begun) = serde_json::from_slice::<Begun>(&bytes) else { return Ok(None) };
        if begun.version != Begun::VERSION {
            bail!(
                "{} is of version {}; this checker reads {}",
                path.display(),
                begun.version,
                Begun::VERSION
            );
        }
        Ok(Some(begun))
    }
}

/// The folders of a run.
pub struct Run {
    /// Where its records go.
    pub verdicts: PathBuf,
    /// Those of earlier runs of the same shard.
    pub earlier: Vec<PathBuf>,
}

/// Where the records of the run in the folder `run` are.
pub fn verdicts(run: &Path) -> PathBuf {
    run.join("verdicts")
}

/// The folders of a shard's runs, the first one first.
pub fn runs(folder: &Folder, shard: Shard) -> Vec<PathBuf> {
    let dir = shard.folder(folder);
    let entries = fs::read_dir(&dir).into_iter().flatten().filter_map(Result::ok);
    let mut numbers: Vec<u32> =
        entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    numbers.sort_unstable();
    numbers.into_iter().map(|number| dir.join(number.to_string())).collect()
}

/// Begins a run of a shard, in a folder that no other run has.
///
/// # Errors
/// If the disk says no.
pub fn begin(folder: &Folder, shard: Shard, made: &Made) -> Result<Run> {
    let dir = shard.folder(folder);
    fs::create_dir_all(&dir).with_context(|| format!("could not make {}", dir.display()))?;
    let earlier = runs(folder, shard);
    let last = earlier.last().and_then(|run| run.file_name()?.to_str()?.parse().ok()).unwrap_or(0);
    for number in last + 1.. {
        let run = dir.join(number.to_string());
        // Of two runs that begin at the same moment one gets the folder, and the other the next one.
        match fs::create_dir(&run) {
            Ok(()) => {
                let begun = Begun { version: Begun::VERSION, made: made.clone() };
                replace(&run.join(Begun::FILE), &serde_json::to_vec_pretty(&begun)?)?;
                let earlier = earlier.iter().map(|run| verdicts(run)).collect();
                return Ok(Run { verdicts: verdicts(&run), earlier });
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).with_context(|| format!("could not make {}", run.display())),
        }
    }
    bail!("{} has too many runs", dir.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard(variables: &[(&str, &str)], shards: u32) -> Result<u32> {
        let variable =
            |name: &str| variables.iter().find(|(it, _)| *it == name).map(|(_, value)| (*value).to_owned());
        Wanted::Environment.with(shards, variable).map(|shard| shard.index)
    }

    #[test]
    fn each_engine_has_its_own_way_to_count() {
        assert_eq!(shard(&[("SLURM_ARRAY_TASK_ID", "0")], 4).unwrap(), 0);
        assert_eq!(shard(&[("PARALLEL_SEQ", "1")], 4).unwrap(), 0);
        assert_eq!(shard(&[("JOB_COMPLETION_INDEX", "3")], 4).unwrap(), 3);
    }

    #[test]
    fn how_many_shards_there_are_is_never_taken_from_the_environment() {
        // As when two of four are started again.
        let again = [("SLURM_ARRAY_TASK_ID", "3"), ("SLURM_ARRAY_TASK_COUNT", "2")];
        assert_eq!(shard(&again, 4).unwrap(), 3);
        assert!(shard(&again, 2).unwrap_err().to_string().contains("the plan has 2 shards"));
        let other = Wanted::This(Shard { index: 0, of: 8 }).with(4, |_| None).unwrap_err().to_string();
        assert!(other.contains("4 shards, not 8"), "{other}");
    }

    #[test]
    fn an_environment_that_names_no_task_or_two_is_refused() {
        assert!(shard(&[], 4).unwrap_err().to_string().contains("--shard 0/4"));
        let both = [("SLURM_ARRAY_TASK_ID", "0"), ("PARALLEL_SEQ", "1")];
        assert!(shard(&both, 4).unwrap_err().to_string().contains("more than one"));
        assert!(shard(&[("PARALLEL_SEQ", "0")], 4).unwrap_err().to_string().contains("PARALLEL_SEQ is `0`"));
    }

    #[test]
    fn a_shard_is_written_as_its_number_and_their_count() {
        assert_eq!("env".parse(), Ok(Wanted::Environment));
        assert_eq!("3/4".parse(), Ok(Wanted::This(Shard { index: 3, of: 4 })));
        assert!("4/4".parse::<Wanted>().unwrap_err().contains("the last of 4 is 3/4"));
        assert!("first".parse::<Wanted>().is_err());
    }

    #[test]
    fn each_submission_is_in_one_shard() {
        let ids: Vec<String> = (0..1_000).map(|number| format!("s{number:012x}")).collect();
        let of = |index: u32| ids.iter().filter(|id| Shard { index, of: 4 }.has(id)).count();
        let sizes = [of(0), of(1), of(2), of(3)];
        assert_eq!(sizes.iter().sum::<usize>(), 1_000);
        assert!(sizes.iter().all(|size| (200..300).contains(size)), "{sizes:?}");
    }
}
