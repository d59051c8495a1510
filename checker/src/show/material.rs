//! What the account of a verdict is drawn from: read beforehand, so that drawing reads nothing.

use crate::course::Exercise;
use crate::course::explanation::Explanations;
use crate::show::sources::Sources;
use crate::verdict::{Finding, Report};
use std::fs;
use std::path::Path;

pub struct Material {
    /// The promises, clause 1 first; none if the README can't be read.
    pub contract: Vec<String>,
    pub explanations: Explanations,
    pub sources: Sources,
    /// The source of the checks, which names the parts of an input; empty if it can't be read.
    pub checks: String,
}

impl Material {
    /// For an exercise of which nothing was found yet.
    pub fn of(root: &Path, exercise: &Exercise) -> Material {
        let contract = exercise.contract(root).unwrap_or_default();
        let explanations = Explanations::read(root, exercise);
        let checks = fs::read_to_string(root.join(exercise.checks())).unwrap_or_default();
        Material { contract, explanations, sources: Sources::default(), checks }
    }

    /// For the account of `report`.
    pub fn of_report(root: &Path, exercise: &Exercise, report: &Report) -> Material {
        let mut material = Material::of(root, exercise);
        report.all_findings().for_each(|finding| material.sources.add(root, finding));
        material
    }

    /// For the account of one finding.
    pub fn of_finding(root: &Path, exercise: &Exercise, finding: &Finding) -> Material {
        let mut material = Material::of(root, exercise);
        material.sources.add(root, finding);
        material
    }
}
