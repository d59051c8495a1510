//! Measurements over all variants: how many schedules each strategy takes to see what is wrong with the rejected ones, and
//! that nothing is found in the right ones, however many schedules are tried.

use crate::course::Exercise;
use crate::course::variant::{self, Expected, Variant};
use crate::judge::compile::Compiled;
use crate::judge::{Hunting, Judge};
use crate::parallel::at_once;
use crate::show::printer::Screen;
use crate::show::style::thousands;
use crate::verdict::{Check, Kind};
use anyhow::{Result, anyhow};
use protocol::Hunt;

/// The strategies, as the harness knows them, and what the table calls them.
const STRATEGIES: [(Hunt, &str); 4] = [
    (Hunt::Walk, "random walk"),
    (Hunt::Priority, "priorities (PCT)"),
    (Hunt::Mixed, "mixed, with stalls"),
    (Hunt::Every, "every interleaving of the small input"),
];
/// A strategy is given so many schedules for each check,
const SCHEDULES: u64 = 4_000;
/// from each of these seeds on. Every interleaving is tried once: there is no chance in it.
const SEEDS: [u64; 5] = [1, 100_001, 200_001, 300_001, 400_001];
/// What a verdict tries of each check at the least.
const VERDICT: u64 = 1_000;
/// The columns of the table: found within so many schedules.
const WITHIN: [u64; 5] = [1, 10, 100, 1_000, SCHEDULES];
/// How many of the variants that take the most are named.
const HARDEST: usize = 25;

/// An exercise has this many checks at the least.
const CHECKS: u64 = 8;

/// Runs at least `wanted` schedules over the right programs, and says whether nothing was found.
///
/// # Errors
/// If a program can't be judged, ^C was pressed, or nothing can be printed.
pub fn soundness(
    judge: &mut Judge<'_>,
    exercises: &[&Exercise],
    wanted: u64,
    screen: &Screen,
) -> Result<bool> {
    let mut jobs: Vec<(&Exercise, Variant)> = Vec::new();
    for exercise in exercises {
        for variant in variant::of(&judge.course.root, exercise) {
            let variant = variant?;
            if variant.expected == Expected::Passed {
                jobs.push((exercise, variant));
            }
        }
    }
    judge.effort.schedules = Some(wanted.div_ceil(CHECKS * jobs.len().max(1) as u64));
    let judge = &*judge;
    let (mut schedules, mut wrong) = (0, 0);
    at_once(
        &jobs,
        |(exercise, variant)| {
            let report = judge.judge(exercise, &variant.source, &mut |_| {})?;
            let found = report.findings().map(|(_, finding)| finding.kind.to_string()).collect::<Vec<_>>();
            Ok((report.schedules(), found.join(", ")))
        },
        |index, outcome: Result<(u64, String)>| {
            let (more, found) = outcome?;
            schedules += more;
            wrong += usize::from(!found.is_empty());
            let said = match found.is_empty() {
                true => Ok(format!("{} schedules", thousands(more))),
                false => Err(anyhow!("found in a right program: {found}")),
            };
            screen.verified(&jobs[index].1.source.display().to_string(), said.as_ref().map(String::as_str))
        },
    )?;
    let all = thousands(schedules);
    screen
        .say(&format!("\n{all} schedules over {} right programs, findings in {wrong} of them", jobs.len()))?;
    Ok(wrong == 0)
}

/// A rejected variant that compiles.
struct Job<'a> {
    exercise: &'a Exercise,
    variant: Variant,
    kind: Kind,
    clause: u32,
}

/// What was seen of one variant: for each strategy the schedules to the first failure, `None` for no failure, one
/// number for each seed; no number at all where the strategy has nothing to try.
struct Row {
    program: String,
    kind: Kind,
    schedules: Vec<Vec<Option<u64>>>,
}

impl Row {
    /// The schedules that are enough for half of the seeds.
    fn median(&self, strategy: usize) -> Option<Option<u64>> {
        let mut numbers = self.schedules[strategy].clone();
        numbers.sort_unstable_by_key(|number| number.unwrap_or(u64::MAX));
        numbers.get(numbers.len().checked_sub(1)? / 2).copied()
    }
}

/// Measures and prints, as Markdown.
///
/// # Errors
/// If a program can't be judged, ^C was pressed, or nothing can be printed.
pub fn strategies(judge: &Judge<'_>, exercises: &[&Exercise], screen: &Screen) -> Result<()> {
    let mut jobs: Vec<Job<'_>> = Vec::new();
    for exercise in exercises {
        for variant in variant::of(&judge.course.root, exercise) {
            let variant = variant?;
            if let Expected::Finding { kind, clause: Some(clause) } = variant.expected {
                jobs.push(Job { exercise, variant, kind, clause });
            }
        }
    }
    let mut rows: Vec<Row> = Vec::new();
    at_once(
        &jobs,
        |job| job.measure(judge),
        |_, row| {
            rows.extend(row?);
            screen.note(&format!("{} of {} programs", rows.len(), jobs.len()));
            Ok(())
        },
    )?;
    rows.sort_by(|a, b| a.program.cmp(&b.program));
    // Not wrapped: it is to be pasted.
    screen.raw(&format!("{}\n", found_within(&rows)))?;
    screen.raw(&hardest(rows))
}

impl Job<'_> {
    fn measure(&self, judge: &Judge<'_>) -> Result<Option<Row>> {
        let source = self.variant.source.as_path();
        let Compiled::Program(program) = judge.compile(self.exercise, source)? else { return Ok(None) };
        let hunt = |hunting| judge.hunt(&program, self.exercise, source, hunting);
        let of = |strategy, only: Option<&Vec<String>>, seed, schedules| {
            hunt(Hunting { strategy, only: only.cloned(), seed, schedules })
        };
        let listed = of(Hunt::Mixed, None, SEEDS[0], 1)?;
        let of_clause: Vec<String> =
            listed.into_iter().filter(|check| check.clause == self.clause).map(|check| check.name).collect();
        // Those that a verdict would name. The others pass, and would be tried to the end each time, for nothing.
        let first = of(Hunt::Mixed, Some(&of_clause), SEEDS[0], VERDICT)?;
        let failing: Vec<String> =
            first.into_iter().filter(|check| check.finding.is_some()).map(|check| check.name).collect();
        let tried = if failing.is_empty() { of_clause } else { failing };
        let mut schedules = Vec::new();
        for (strategy, _) in STRATEGIES {
            let seeds = if strategy == Hunt::Every { &SEEDS[..1] } else { &SEEDS };
            let mut numbers = Vec::new();
            for seed in seeds {
                let checks = of(strategy, Some(&tried), *seed, SCHEDULES)?;
                numbers.extend(first_failure(&checks));
            }
            schedules.push(numbers);
        }
        let name = source.file_stem().unwrap_or_default().to_string_lossy();
        Ok(Some(Row { program: format!("{} {name}", self.exercise.name), kind: self.kind, schedules }))
    }
}

/// How soon one of the checks failed; `None` if none of them tried anything.
fn first_failure(checks: &[Check]) -> Option<Option<u64>> {
    let tried = || checks.iter().filter(|check| check.schedules > 0 || check.finding.is_some());
    tried().next()?;
    Some(tried().filter(|check| check.finding.is_some()).map(|check| check.schedules.max(1)).min())
}

/// How many of the variants each strategy sees within so many schedules, half of the times at least.
fn found_within(rows: &[Row]) -> String {
    let mut text = String::from("| strategy | programs |");
    WITHIN.iter().for_each(|most| text.push_str(&format!(" ≤ {} |", thousands(*most))));
    text.push_str(" not |\n|---|---:|");
    text.push_str(&"---:|".repeat(WITHIN.len() + 1));
    for (place, (_, name)) in STRATEGIES.iter().enumerate() {
        let medians: Vec<Option<u64>> = rows.iter().filter_map(|row| row.median(place)).collect();
        text.push_str(&format!("\n| {name} | {} |", medians.len()));
        for most in WITHIN {
            let found = medians.iter().flatten().filter(|schedules| **schedules <= most).count();
            text.push_str(&format!(" {found} |"));
        }
        text.push_str(&format!(" {} |", medians.iter().filter(|median| median.is_none()).count()));
    }
    text.push('\n');
    text
}

/// The variants that take the strategy of the verdicts the most schedules.
fn hardest(mut rows: Vec<Row>) -> String {
    const MIXED: usize = 2;
    rows.sort_by_key(|row| std::cmp::Reverse(row.median(MIXED).flatten().unwrap_or(u64::MAX)));
    let mut text = String::from("| program | finding |");
    STRATEGIES.iter().for_each(|(_, name)| text.push_str(&format!(" {name} |")));
    text.push_str("\n|---|---|");
    text.push_str(&"---:|".repeat(STRATEGIES.len()));
    for row in rows.iter().take(HARDEST) {
        text.push_str(&format!("\n| {} | {} |", row.program, row.kind));
        for place in 0..STRATEGIES.len() {
            let cell = match row.median(place) {
                None => "–".to_owned(),
                Some(None) => "not found".to_owned(),
                Some(Some(schedules)) => thousands(schedules),
            };
            text.push_str(&format!(" {cell} |"));
        }
    }
    text.push('\n');
    text
}
