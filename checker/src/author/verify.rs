//! The author's gate: every program of every exercise gets the verdict it must get.

use crate::author::complete;
use crate::course::explanation::Explanations;
use crate::course::variant::{self, Expected, Variant};
use crate::course::{Exercise, explanation};
use crate::judge::Judge;
use crate::judge::compile::Compiled;
use crate::parallel::at_once;
use crate::show::material::Material;
use crate::show::printer::Screen;
use crate::show::report::{Extent, Subject};
use crate::show::style::Style;
use crate::verdict::{Report, Status, causes};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub passed: usize,
    pub failed: usize,
}

/// What to judge, and how.
#[derive(Debug)]
pub struct Plan<'a> {
    /// How often each program is run.
    pub repeat: u32,
    /// Where what a learner would read of each rejected variant is written; without, it must have been reviewed already.
    pub explanations: Option<&'a Path>,
    /// Stubs and solutions, and only some of the other programs.
    pub sample: Option<Sample<'a>>,
}

/// Some programs of many.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    pub programs: usize,
    /// The same text draws the same programs.
    pub drawn_by: &'a str,
}

impl Sample<'_> {
    /// Leaves only the jobs that were drawn by their names. One without a name always stays.
    pub fn draw<J>(self, jobs: &mut Vec<J>, name: impl Fn(&J) -> Option<String>) {
        let lot = |job: &J| Some(Sha256::digest(format!("{} {}", self.drawn_by, name(job)?)));
        let mut lots: Vec<_> = jobs.iter().filter_map(lot).collect();
        lots.sort_unstable();
        if let Some(first_out) = lots.get(self.programs) {
            jobs.retain(|job| lot(job).is_none_or(|lot| lot < *first_out));
        }
    }
}

/// Judges the programs of `exercises` with a line for each, and counts.
///
/// # Errors
/// If ^C was pressed or nothing can be printed; all other trouble is a failure of the program it came with.
pub fn verify(judge: &Judge<'_>, exercises: &[&Exercise], plan: &Plan<'_>, screen: &Screen) -> Result<Tally> {
    let Plan { repeat, explanations, sample } = *plan;
    let mut tally = Tally::default();
    let mut tell = |subject: &str, outcome: &Result<String>| {
        tally.passed += usize::from(outcome.is_ok());
        tally.failed += usize::from(outcome.is_err());
        screen.verified(subject, outcome.as_ref().map(String::as_str))
    };
    for error in &judge.course.broken {
        tell("exercises/", &Err(anyhow::anyhow!("{error:#}")))?;
    }
    let mut jobs: Vec<Job<'_>> = Vec::new();
    for exercise in exercises {
        let variants = variant::of(&judge.course.root, exercise);
        let root = &judge.course.root;
        let complete = complete::complete(root, exercise, &variants).and_then(|said| match explanations {
            Some(_) => Ok(said),
            None => complete::reviewed(root, exercise, &variants).map(|()| said),
        });
        tell(&exercise.name, &complete)?;
        for variant in variants {
            match variant {
                Ok(variant) => jobs.push(Job { exercise, variant }),
                Err(error) => tell(&exercise.name, &Err(error))?,
            }
        }
    }
    let all = jobs.len();
    if let Some(sample) = sample {
        sample.draw(&mut jobs, |job| {
            let variant = &job.variant;
            (variant.is_in("accepted") || variant.is_in("rejected"))
                .then(|| variant.source.display().to_string())
        });
        screen.say(&format!("{} of {all} programs, chosen by `{}`", jobs.len(), sample.drawn_by))?;
    }
    let mut done: Vec<Option<Result<String>>> = jobs.iter().map(|_| None).collect();
    let mut told = 0;
    at_once(
        &jobs,
        |job| job.run(judge, repeat, explanations),
        |index, outcome| {
            done[index] = Some(outcome);
            // As they are listed, not as they happen to end: two runs can be compared.
            while let Some(Some(outcome)) = done.get(told) {
                tell(&jobs[told].variant.source.display().to_string(), outcome)?;
                told += 1;
            }
            Ok(())
        },
    )?;
    screen.say(&format!("\n{} passed, {} failed", tally.passed, tally.failed))?;
    Ok(tally)
}

/// One program to judge.
struct Job<'a> {
    exercise: &'a Exercise,
    variant: Variant,
}

impl Job<'_> {
    /// What it got, if it is what it must get.
    fn run(&self, judge: &Judge<'_>, repeat: u32, explanations: Option<&Path>) -> Result<String> {
        let (exercise, source) = (self.exercise, self.variant.source.as_path());
        let program = match judge.compile(exercise, source)? {
            Compiled::Program(program) => program,
            Compiled::Refused(finding) => {
                let report = Report::refused(&exercise.name, finding, 0);
                let said = self.assess(judge, &report)?;
                explanations.map_or(Ok(()), |dir| self.write_down(judge, &report, dir))?;
                return Ok(said);
            }
        };
        let run = || -> Result<Report> {
            let mut checks = judge.checks(&program, exercise, source, &mut |_| {})?;
            causes::settle(&mut checks, &exercise.contract(&judge.course.root)?);
            if explanations.is_some() && self.variant.is_in("rejected") {
                judge.find_steps(&program, exercise, source, &mut checks)?;
            }
            let mut report = Report::of_checks(&exercise.name, checks, 0);
            report.warnings.clone_from(&program.warnings);
            Ok(report)
        };
        let first = run()?;
        let said = self.assess(judge, &first)?;
        explanations.map_or(Ok(()), |dir| self.write_down(judge, &first, dir))?;
        for time in 2..=repeat {
            let again = run()?;
            if fingerprint(&again) != fingerprint(&first) {
                bail!(
                    "run {time} of {repeat} had another verdict: first {}; then {}",
                    told(&first),
                    told(&again)
                );
            }
        }
        Ok(said)
    }

    /// Writes what a learner would read of it.
    fn write_down(&self, judge: &Judge<'_>, report: &Report, dir: &Path) -> Result<()> {
        let source = self.variant.source.as_path();
        if !self.variant.is_in("rejected") {
            return Ok(());
        }
        let material = Material::of_report(&judge.course.root, self.exercise, report);
        let subject = Subject { exercise: self.exercise, material: &material, source: Some(source) };
        let mut text = Vec::new();
        // Another schedule may be the smallest one day; what is said of it stays.
        let style = Style { pictures: false, ..Style::of_width(80) };
        style.explained(&mut text, subject, report, Extent::All)?;
        let dir = dir.join(&self.exercise.name);
        fs::create_dir_all(&dir).with_context(|| format!("could not make {}", dir.display()))?;
        let file = dir.join(source.file_name().unwrap_or_default()).with_extension("txt");
        fs::write(&file, text).with_context(|| format!("could not write {}", file.display()))
    }

    fn assess(&self, judge: &Judge<'_>, report: &Report) -> Result<String> {
        if self.variant.source == self.exercise.source() && !report.warnings.is_empty() {
            bail!("the stub compiles with a warning\n{}", report.warnings);
        }
        match self.variant.expected {
            Expected::Unfinished => {
                if !report.is_unfinished() {
                    bail!("the stub should be unfinished; it got: {}", told(report));
                }
                Ok("unfinished".to_owned())
            }
            Expected::Passed => {
                if report.verdict != Status::Passed {
                    bail!("should pass; it got: {}", told(report));
                }
                clauses(&judge.course.root, self.exercise, report)?;
                Ok(format!("passed, {} schedules", report.schedules()))
            }
            Expected::Finding { kind, clause } => {
                let found = report.findings().any(|(at, finding)| at == clause && finding.kind == kind);
                let expected = place(clause, kind.name());
                if !found {
                    bail!("should get {expected}; it got: {}", told(report));
                }
                // What a learner reads first may be another of its findings.
                let explanations = Explanations::read(&judge.course.root, self.exercise);
                for (clause, finding) in report.findings() {
                    let kind = finding.kind;
                    if explanation::needs_own(kind) && explanations.own(kind, clause).is_none() {
                        let file = self.exercise.dir.join("explanations.md");
                        let place = place(clause, kind.name());
                        bail!("{} has no section `## {kind}` for its {place}", file.display());
                    }
                }
                Ok(expected)
            }
        }
    }
}

/// What must be the same in every repeat.
fn fingerprint(report: &Report) -> Vec<(String, Status, Option<crate::verdict::Kind>, Option<u64>)> {
    let of_check = |check: &crate::verdict::Check| {
        let seed = check.finding.as_ref().and_then(|finding| finding.seed);
        (check.name.clone(), check.status, check.kind(), seed)
    };
    report.checks.iter().map(of_check).collect()
}

fn place(clause: Option<u32>, kind: &str) -> String {
    match clause {
        Some(clause) => format!("{kind} at clause {clause}"),
        None => kind.to_owned(),
    }
}

/// A report in one line, or with the compiler's text if there is one.
fn told(report: &Report) -> String {
    if let Some(finding) = &report.finding {
        return format!("{}\n{}", finding.kind, finding.message);
    }
    let not_passed = report.checks.iter().filter(|check| check.status != Status::Passed);
    let lines: Vec<String> = not_passed
        .map(|check| {
            let kind = check.kind().map_or(check.status.name(), |kind| kind.name());
            let (seed, message) = match &check.finding {
                Some(finding) => (finding.seed, finding.message.as_str()),
                None => (None, ""),
            };
            let seed = seed.map(|seed| format!(", seed {seed}")).unwrap_or_default();
            let place = place(Some(check.clause), kind);
            format!("{place} ({}{seed}): {}", check.name, message.lines().next().unwrap_or_default())
        })
        .collect();
    if lines.is_empty() {
        report.verdict.name().to_owned()
    } else {
        format!("\n    {}", lines.join("\n    "))
    }
}

/// Every clause has a check, and every check a clause.
fn clauses(root: &Path, exercise: &Exercise, report: &Report) -> Result<()> {
    let promised: BTreeSet<u32> = (1..=exercise.contract(root)?.len() as u32).collect();
    let checked: BTreeSet<u32> = report.checks.iter().map(|check| check.clause).collect();
    let list =
        |clauses: Vec<&u32>| clauses.into_iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let unchecked: Vec<&u32> = promised.difference(&checked).collect();
    let unpromised: Vec<&u32> = checked.difference(&promised).collect();
    if !unchecked.is_empty() {
        bail!("no check for clause {}", list(unchecked));
    }
    if !unpromised.is_empty() {
        bail!("there are checks for clause {}, which the README does not have", list(unpromised));
    }
    Ok(())
}
