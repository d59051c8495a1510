//! What the checks miss: each program that is one mistake away from a right one is judged, and those that pass are either
//! explained by their author or a fault of the checks.

use crate::author::survivors::{Survivor, Survivors};
use crate::author::verify::{Sample, Tally};
use crate::course::Exercise;
use crate::course::variant::{self, Expected};
use crate::files::{read_text, unwritable};
use crate::judge::compile::Compiled;
use crate::judge::{Hunting, Judge};
use crate::parallel::at_once;
use crate::show::printer::Screen;
use crate::show::style::thousands;
use crate::verdict::Status;
use anyhow::{Context, Result, anyhow};
use mutants::{Mutant, Operator};
use protocol::Hunt;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// A first pass gives each check so many schedules: most mutants fail in it.
const FIRST_PASS: u64 = 40;
/// Where the score is written, below the solutions.
const SCORE: &str = "solutions/mutants.md";

/// Which programs' mutants to judge.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'a> {
    /// Of the accepted variants too, not of the solutions alone.
    pub of_accepted: bool,
    pub sample: Option<Sample<'a>>,
    /// All exercises were asked for, so there is a score to write.
    pub is_whole: bool,
}

/// One mutant to judge.
struct Job<'a> {
    exercise: &'a Exercise,
    /// What it was made from, relative to the root.
    source: PathBuf,
    text: String,
    mutant: Mutant,
}

/// What became of a mutant.
enum Fate {
    DoesNotCompile,
    /// By these checks; after the first pass, by one of them.
    Killed(Vec<String>),
    Survived,
}

/// Judges the mutants and says which of them pass without an explanation, and which explanation is of no use.
///
/// # Errors
/// If a program can't be judged, ^C was pressed, or nothing can be printed or written.
pub fn verify(judge: &Judge<'_>, exercises: &[&Exercise], plan: &Plan<'_>, screen: &Screen) -> Result<Tally> {
    let root = &judge.course.root;
    let mut jobs = Vec::new();
    let mut explained = BTreeMap::new();
    let mut everywhere = Survivors::everywhere(root)?;
    for exercise in exercises {
        explained.insert(exercise.name.clone(), Survivors::read(root, exercise)?);
        for variant in variant::of(root, exercise) {
            let variant = variant?;
            let is_right = variant.expected == Expected::Passed;
            if !is_right || (variant.is_in("accepted") && !plan.of_accepted) {
                continue;
            }
            let text = read_text(&root.join(&variant.source))?;
            for mutant in mutants::mutants(&text)? {
                let (source, text) = (variant.source.clone(), text.clone());
                jobs.push(Job { exercise, source, text, mutant });
            }
        }
    }
    if let Some(sample) = plan.sample {
        let all = jobs.len();
        sample.draw(&mut jobs, |job| Some(job.name()));
        screen.say(&format!("{} of {all} mutants, chosen by `{}`", jobs.len(), sample.drawn_by))?;
    }
    let folder = TempDir::new().context("could not make a folder for the mutants")?;
    let mut score = Score::default();
    let mut tally = Tally::default();
    let mut ended = 0;
    at_once(
        &jobs,
        |job| job.judge(judge, &folder),
        |index, fate| {
            let job = &jobs[index];
            let fate = fate.with_context(|| job.name())?;
            let is_explained = match fate {
                Fate::Survived => {
                    let own = explained.get_mut(&job.exercise.name);
                    own.is_some_and(|it| it.explain(&job.key())) || everywhere.explain(&job.key())
                }
                _ => false,
            };
            let is_fault = matches!(fate, Fate::Survived) && !is_explained;
            score.add(job, &fate, is_explained);
            tally.passed += usize::from(!is_fault);
            tally.failed += usize::from(is_fault);
            ended += 1;
            if is_fault {
                screen.verified(
                    &job.name(),
                    Err(&anyhow!("passes without an explanation\n{}", job.difference())),
                )?;
            }
            if ended % 100 == 0 {
                screen.note(&format!("{} of {} mutants", thousands(ended), thousands(jobs.len() as u64)));
            }
            Ok(())
        },
    )?;
    // Of a sample it can't be said what none of them needed.
    if plan.sample.is_none() {
        for survivors in explained.values().chain(plan.is_whole.then_some(&everywhere)) {
            for entry in survivors.unused(plan.of_accepted) {
                tally.failed += 1;
                let error = anyhow!("explains a mutant that no longer passes: {entry}");
                screen.verified(&survivors.file.display().to_string(), Err(&error))?;
            }
        }
    }
    let table = score.table();
    screen.raw(&format!("\n{table}"))?;
    if plan.is_whole && plan.sample.is_none() {
        let file = root.join(SCORE);
        let of = if plan.of_accepted { "the solutions and all accepted variants" } else { "the solutions" };
        let text = format!(
            "# What the checks see\n\nMutants of {of}: `cargo checker verify --mutants{}` writes this page.\n\n{table}",
            if plan.of_accepted { "=all" } else { "" }
        );
        fs::write(&file, text).with_context(|| unwritable(&file))?;
    }
    Ok(tally)
}

impl Job<'_> {
    /// Says which mutant it is.
    fn name(&self) -> String {
        let Mutant { operator, line, .. } = &self.mutant;
        format!("{}:{line} {} {}", self.source.display(), operator.name(), self.mutant.change())
    }

    fn key(&self) -> Survivor {
        let of = self.source.strip_prefix(self.exercise.solution_dir()).unwrap_or(&self.source);
        Survivor {
            of: of.to_string_lossy().replace('\\', "/"),
            function: self.mutant.function.clone(),
            operator: self.mutant.operator.name().to_owned(),
            change: self.mutant.change(),
        }
    }

    /// The lines that differ, and the entry that would explain it.
    fn difference(&self) -> String {
        let mutated = self.mutant.apply(&self.text);
        let lines = similar::TextDiff::from_lines(&self.text, &mutated);
        let mut text = lines.unified_diff().context_radius(2).to_string();
        let Survivor { of, function, operator, change } = self.key();
        let _ = write!(
            text,
            "[[survivor]]\nof = {of:?}\nfunction = {function:?}\noperator = {operator:?}\nchange = {change:?}\nreason = \"\""
        );
        text
    }

    fn judge(&self, judge: &Judge<'_>, folder: &TempDir) -> Result<Fate> {
        let program = self.mutant.apply(&self.text);
        let inside = tempfile::tempdir_in(folder)?;
        let source = inside.path().join("lib.rs");
        fs::write(&source, program).with_context(|| unwritable(&source))?;
        let program = match judge.compile(self.exercise, &source)? {
            Compiled::Program(program) => program,
            Compiled::Refused(_) => return Ok(Fate::DoesNotCompile),
        };
        let hunting = Hunting { strategy: Hunt::Mixed, only: None, seed: 1, schedules: FIRST_PASS };
        let checks = judge.hunt(&program, self.exercise, &source, hunting)?;
        let killers = |checks: Vec<crate::verdict::Check>| -> Vec<String> {
            let failed = checks.into_iter().filter(|check| check.status != Status::Passed);
            failed.map(|check| check.name).collect()
        };
        let soon = killers(checks);
        if !soon.is_empty() {
            return Ok(Fate::Killed(soon));
        }
        let late = killers(judge.checks(&program, self.exercise, &source, &mut |_| {})?);
        Ok(if late.is_empty() { Fate::Survived } else { Fate::Killed(late) })
    }
}

/// Counts of mutants.
#[derive(Clone, Copy, Default)]
struct Counts {
    all: u64,
    compile: u64,
    killed: u64,
    explained: u64,
}

impl Counts {
    /// As cells of a table.
    fn row(self, name: &str) -> String {
        let Counts { all, compile, killed, explained } = self;
        let wrong = compile - explained;
        let share = if wrong == 0 {
            "–".to_owned()
        } else {
            format!("{:.1} %", 100.0 * killed as f64 / wrong as f64)
        };
        format!("| {name} | {all} | {compile} | {killed} | {explained} | {} | {share} |\n", wrong - killed)
    }
}

#[derive(Default)]
struct Score {
    of_exercise: BTreeMap<String, Counts>,
    of_operator: BTreeMap<Operator, Counts>,
    /// For each exercise the checks that have killed something, with how many of these no other check has.
    alone: BTreeMap<String, BTreeMap<String, u64>>,
    checks: BTreeMap<String, BTreeSet<String>>,
}

impl Score {
    fn add(&mut self, job: &Job<'_>, fate: &Fate, is_explained: bool) {
        let exercise = &job.exercise.name;
        let of_exercise = self.of_exercise.entry(exercise.clone()).or_default();
        let of_operator = self.of_operator.entry(job.mutant.operator).or_default();
        for counts in [of_exercise, of_operator] {
            counts.all += 1;
            counts.compile += u64::from(!matches!(fate, Fate::DoesNotCompile));
            counts.killed += u64::from(matches!(fate, Fate::Killed(_)));
            counts.explained += u64::from(is_explained);
        }
        if let Fate::Killed(checks) = fate {
            self.checks.entry(exercise.clone()).or_default().extend(checks.iter().cloned());
            if let [only] = checks.as_slice() {
                *self.alone.entry(exercise.clone()).or_default().entry(only.clone()).or_default() += 1;
            }
        }
    }

    fn table(&self) -> String {
        const COLUMNS: &str =
            "mutants | compile | killed | explained | unexplained | killed of the wrong ones |\n";
        const RULE: &str = "|---|---:|---:|---:|---:|---:|---:|\n";
        let mut text = format!("| exercise | {COLUMNS}{RULE}");
        let mut total = Counts::default();
        for (name, counts) in &self.of_exercise {
            text.push_str(&counts.row(name));
            total.all += counts.all;
            total.compile += counts.compile;
            total.killed += counts.killed;
            total.explained += counts.explained;
        }
        text.push_str(&total.row("all"));
        let _ = write!(text, "\n| operator | {COLUMNS}{RULE}");
        for (operator, counts) in &self.of_operator {
            text.push_str(&counts.row(operator.name()));
        }
        text.push_str("\nChecks that killed no mutant alone:\n");
        for (exercise, checks) in &self.checks {
            let alone = self.alone.get(exercise);
            let others = checks.iter().filter(|check| alone.is_none_or(|alone| !alone.contains_key(*check)));
            let names: Vec<String> = others.map(|check| format!("`{check}`")).collect();
            if !names.is_empty() {
                let _ = writeln!(text, "- {exercise}: {}", names.join(", "));
            }
        }
        text
    }
}
