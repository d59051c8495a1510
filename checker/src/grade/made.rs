//! What makes verdicts now: the same for every record of one run.

use super::plan::Plan;
use super::record::MadeBy;
use crate::course::{Course, Exercise};
use crate::judge::Judge;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use walkdir::WalkDir;

/// What makes the verdicts of one run.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Made {
    /// By exercise: the digest of its checks, snapshots and manifest.
    pub checks: BTreeMap<String, String>,
    pub base: String,
    pub toolchain: String,
    pub limits: String,
    pub sandbox: String,
    pub release: String,
}

impl Made {
    /// What would make the verdicts of a plan now.
    ///
    /// # Errors
    /// If an exercise is not in the course, or its checks can't be read.
    pub fn now(judge: &Judge<'_>, course: &Course, plan: &Plan, sandbox: &str) -> Result<Made> {
        let mut checks = BTreeMap::new();
        for name in &plan.exercises {
            checks.insert(name.clone(), digest(&course.root, course.exercise(name)?)?);
        }
        let effort = &judge.effort;
        let schedules = effort.schedules.map_or("all".to_owned(), |schedules| schedules.to_string());
        Ok(Made {
            checks,
            base: judge.base.key(),
            toolchain: judge.base.toolchain().to_owned(),
            limits: format!("seed {}, {schedules} schedules, {} s", effort.seed, effort.limit.as_secs()),
            sandbox: sandbox.to_owned(),
            release: course.release().to_owned(),
        })
    }

    /// What a record of `program` says about it.
    pub fn by(&self, exercise: &str, program: Option<String>) -> MadeBy {
        MadeBy {
            program,
            checks: self.checks.get(exercise).cloned().unwrap_or_default(),
            base: self.base.clone(),
            toolchain: self.toolchain.clone(),
            limits: self.limits.clone(),
            sandbox: self.sandbox.clone(),
            release: self.release.clone(),
        }
    }

    /// What differs between two of them, in words.
    pub fn differences(&self, other: &Made) -> Vec<String> {
        let fields = [
            ("another toolchain", &self.toolchain, &other.toolchain),
            ("another base", &self.base, &other.base),
            ("other limits", &self.limits, &other.limits),
            ("another sandbox", &self.sandbox, &other.sandbox),
            ("another release", &self.release, &other.release),
        ];
        let fields = fields.into_iter().filter(|(_, own, theirs)| own != theirs);
        let mut told: Vec<String> =
            fields.map(|(what, own, theirs)| format!("{what} ({own}, not {theirs})")).collect();
        let exercises = self.checks.keys().chain(other.checks.keys());
        let mut changed: Vec<&String> =
            exercises.filter(|name| self.checks.get(*name) != other.checks.get(*name)).collect();
        changed.sort();
        changed.dedup();
        told.extend(changed.into_iter().map(|name| format!("other checks of {name}")));
        told
    }
}

/// A number for all that decides what an exercise's verdict is, besides the base.
fn digest(root: &Path, exercise: &Exercise) -> Result<String> {
    let mut hash = Sha256::new();
    let mut put = |path: &Path| -> Result<()> {
        let bytes =
            fs::read(root.join(path)).with_context(|| format!("could not read {}", path.display()))?;
        hash.update(path.display().to_string().replace('\\', "/"));
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(&bytes);
        Ok(())
    };
    put(&exercise.dir.join("Cargo.toml"))?;
    put(&exercise.readme())?;
    for entry in WalkDir::new(root.join(&exercise.dir).join("tests")).sort_by_file_name() {
        let entry = entry?;
        if entry.file_type().is_file() {
            put(entry.path().strip_prefix(root)?)?;
        }
    }
    Ok(super::hex(&hash.finalize()))
}
