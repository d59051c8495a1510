//! `assignment.toml`: which exercises count, for how much, and how late ones are treated.

use super::lms::Layout;
use super::policy::{Pick, Policy};
use crate::course::{Course, Exercise};
use crate::files::read_text;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// One item of the gradebook.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Assignment {
    #[serde(default)]
    pub title: String,
    /// The course's release that these verdicts are for: what `Cargo.toml` has as its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// Where the submissions come from, if it can't be seen from their names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<Layout>,
    /// Files that belong to it, seen from where the assignment is; what the command line names goes first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roster: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extensions: Option<PathBuf>,
    /// What counts; empty for every exercise of the course.
    #[serde(default, rename = "exercise", skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// Of several attempts, the one that counts.
    #[serde(default)]
    pub pick: Pick,
    #[serde(default, rename = "late", skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    #[serde(default)]
    pub shows: Shows,
}

/// What a learner's page has. What is not in the list is not on the page.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Shows {
    #[serde(default = "Part::all")]
    pub learners: Vec<Part>,
    /// Checks that no learner reads of, as `exercise::check`. Their clauses say kept or broken, and no more.
    #[serde(default)]
    pub hidden_checks: Vec<String>,
}

/// A part of a learner's page.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// What each clause promises, and whether it was kept.
    Clauses,
    /// What happened, and where each thread stood in the learner's own lines.
    Evidence,
    /// The input of the failing case.
    Input,
    /// The lanes of the failing schedule.
    Lanes,
    /// The command that runs the failing schedule again.
    Seed,
}

impl Part {
    fn all() -> Vec<Part> {
        vec![Part::Clauses, Part::Evidence, Part::Input, Part::Lanes, Part::Seed]
    }
}

impl Default for Shows {
    fn default() -> Shows {
        Shows { learners: Part::all(), hidden_checks: Vec::new() }
    }
}

impl Shows {
    pub fn has(&self, part: Part) -> bool {
        self.learners.contains(&part)
    }

    pub fn hides(&self, exercise: &str, check: &str) -> bool {
        self.hidden_checks.iter().any(|it| it.split_once("::") == Some((exercise, check)))
    }
}

/// One exercise of an assignment.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    pub name: String,
    /// What a program that keeps the contract earns; by default the exercise's own points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<f64>,
    /// Points by clause, which add up to `points`. Without them all clauses count together: all or nothing.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub weights: BTreeMap<String, f64>,
}

/// An exercise with what it is worth here.
#[derive(Clone, Debug)]
pub struct Worth {
    pub exercise: String,
    pub points: f64,
    /// By clause; `None` for all or nothing.
    pub weights: Option<BTreeMap<u32, f64>>,
}

/// Two sums of points are the same where they differ by less than the half of a hundredth.
const ROUNDING: f64 = 0.005;

impl Assignment {
    /// Reads an `assignment.toml`.
    ///
    /// # Errors
    /// If it can't be read or understood.
    pub fn read(path: &Path) -> Result<Assignment> {
        let text = fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))?;
        let mut assignment =
            Assignment::parse(&text).with_context(|| format!("{} can't be understood", path.display()))?;
        let beside = |file: PathBuf| path.parent().unwrap_or(Path::new("")).join(file);
        for file in [&mut assignment.roster, &mut assignment.submitted, &mut assignment.extensions] {
            *file = file.take().map(beside);
        }
        Ok(assignment)
    }

    /// # Errors
    /// If a field is unknown, or has a value that means nothing.
    pub fn parse(text: &str) -> Result<Assignment> {
        let assignment: Assignment = toml::from_str(text)?;
        if let Some(policy) = &assignment.policy {
            policy.check()?;
        }
        if let Some(check) = assignment.shows.hidden_checks.iter().find(|check| !check.contains("::")) {
            bail!("the hidden check `{check}` should be named with its exercise: `print-room::{check}`");
        }
        Ok(assignment)
    }

    /// The exercises that count, in the order of the course.
    ///
    /// # Errors
    /// If one of them is not in the course.
    pub fn exercises<'a>(&self, course: &'a Course) -> Result<Vec<&'a Exercise>> {
        let names: Vec<String> = self.items.iter().map(|item| item.name.clone()).collect();
        let mut chosen = course.named(&names)?;
        let place = |exercise: &&Exercise| course.exercises.iter().position(|it| it.name == exercise.name);
        chosen.sort_by_key(place);
        chosen.dedup_by_key(|exercise| exercise.name.clone());
        let hidden = self.shows.hidden_checks.iter().filter_map(|check| check.split_once("::"));
        for (name, check) in hidden {
            let exercise = course.exercises.iter().find(|exercise| exercise.name == name);
            let text = exercise.map(|it| read_text(&course.root.join(it.checks()))).transpose()?;
            if !text.is_some_and(|text| text.contains(check)) {
                bail!("`hidden-checks` names `{name}::{check}`, but the course has no such check");
            }
        }
        Ok(chosen)
    }

    /// What each exercise is worth.
    ///
    /// # Errors
    /// If weights name a clause that the contract has not, or do not add up to the points.
    pub fn worth(&self, course: &Course) -> Result<Vec<Worth>> {
        let of = |exercise: &&Exercise| self.worth_of(course, exercise);
        self.exercises(course)?.iter().map(of).collect()
    }

    fn worth_of(&self, course: &Course, exercise: &Exercise) -> Result<Worth> {
        let item = self.items.iter().find(|item| item.name == exercise.name);
        let points = item.and_then(|item| item.points).unwrap_or_else(|| f64::from(exercise.about.points));
        let name = &exercise.name;
        if !points.is_finite() || points <= 0.0 {
            bail!("{name}: the points are {points}; they must be more than 0");
        }
        let Some(weights) = item.map(|item| &item.weights).filter(|weights| !weights.is_empty()) else {
            return Ok(Worth { exercise: name.clone(), points, weights: None });
        };
        let clauses = exercise.contract(&course.root)?.len() as u32;
        let mut by_clause = BTreeMap::new();
        for (clause, weight) in weights {
            let number = clause.parse().ok().filter(|number| (1..=clauses).contains(number));
            let number: u32 = number.with_context(|| {
                format!("{name}: the weight `{clause}` belongs to no clause; the contract has clauses 1 to {clauses}")
            })?;
            if !weight.is_finite() || *weight < 0.0 {
                bail!("{name}: clause {number} can't weigh {weight}");
            }
            by_clause.insert(number, *weight);
        }
        let sum: f64 = by_clause.values().sum();
        if (sum - points).abs() >= ROUNDING {
            bail!(
                "{name}: the weights add up to {sum}, but the exercise has {points} points; make them equal"
            );
        }
        Ok(Worth { exercise: name.clone(), points, weights: Some(by_clause) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_assignment_of_the_chapter_for_instructors_is_one() {
        let chapter = include_str!("../../../lessons/for-instructors.md");
        let text = chapter.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let assignment = Assignment::parse(text).unwrap();
        assert_eq!(assignment.items.len(), 2);
        assert!(assignment.policy.is_some() && assignment.roster.is_some());
    }

    #[test]
    fn a_field_that_means_nothing_is_named() {
        let error = Assignment::parse("titel = \"Week 3\"").unwrap_err();
        assert!(format!("{error:#}").contains("titel"), "{error:#}");
        let error = Assignment::parse("[shows]\nhidden-checks = [\"capacity\"]").unwrap_err();
        assert!(format!("{error:#}").contains("print-room::capacity"), "{error:#}");
    }
}
