//! `run` and `next`: the verdict on what a learner wrote, and what to do about it.

use crate::commands::args::{Format, Run};
use crate::commands::outcome::Outcome;
use crate::commands::setup::{effort, judge, open_base};
use crate::course::{Course, Exercise, Task};
use crate::judge::{Detail, Effort, source_file};
use crate::learner::progress::Progress;
use crate::show::material::Material;
use crate::show::printer::Screen;
use crate::show::report::Subject;
use crate::show::short;
use crate::verdict::{Report, State, Status};
use anyhow::{Result, bail};

/// Judges from the first exercise that is not done up to the first that does not pass.
pub fn next(screen: &Screen, course: &Course, mut progress: Progress) -> Result<Outcome> {
    course.all()?;
    let base = open_base(screen, course)?;
    let judge = judge(screen, course, &base, Effort::default());
    screen.list(course, &course.all()?, |exercise| progress.state(course, exercise))?;
    for exercise in &course.exercises {
        if progress.state(course, exercise) == State::Passed {
            continue;
        }
        let report = judge.judge(exercise, &exercise.source(), &mut |_| {})?;
        screen.keep(progress.record(course, exercise, &report));
        screen.say("")?;
        let material = Material::of_report(&course.root, exercise, &report);
        screen.report(Subject { exercise, material: &material, source: None }, &report)?;
        if report.verdict != Status::Passed {
            screen.say(&format!("\n{}", advice(exercise, &report)))?;
            return Ok(Outcome::SomeFailed);
        }
    }
    screen.say("\nEvery exercise has passed. `cargo checker run` judges them all again.")?;
    Ok(Outcome::AllPassed)
}

/// What to do about a program that has not passed.
fn advice(exercise: &Exercise, report: &Report) -> String {
    let (name, source, readme) = (&exercise.name, exercise.source(), exercise.readme());
    let (source, readme) = (source.display(), readme.display());
    match State::of(report) {
        State::Undecided => {
            format!("Next: nothing was proven within the limit. Try `cargo checker run {name} --timeout 600`")
        }
        State::Unfinished => format!(
            "Next: read {readme}, edit {source}, then run `cargo checker` again. Stuck? `cargo checker hint {name}`"
        ),
        _ if exercise.about.kind == Task::Repair => format!(
            "Next: read {readme}, repair {source}, then run `cargo checker` again. Stuck? `cargo checker hint {name}`"
        ),
        _ => {
            format!("Next: edit {source}, then run `cargo checker` again. Stuck? `cargo checker hint {name}`")
        }
    }
}

pub fn judge_all(screen: &Screen, course: &Course, mut progress: Progress, run: &Run) -> Result<Outcome> {
    let exercises = course.chosen(&run.exercises)?;
    let source = match &run.source {
        None => None,
        Some(_) if exercises.len() != 1 => {
            bail!("--source needs the name of the one exercise that the file is an answer to")
        }
        Some(file) => Some(source_file(&course.root, file)?),
    };
    let base = open_base(screen, course)?;
    let mut judge = judge(screen, course, &base, effort(&run.effort));
    if run.format != Format::Human {
        judge.rendering.colour = false;
        judge.detail = Detail::Verdict;
    }
    if run.format == Format::Json {
        // Programs are judged side by side.
        judge.children = 1;
    }
    let mut reports = Vec::new();
    for exercise in &exercises {
        let own = exercise.source();
        let report = judge.judge(exercise, source.as_deref().unwrap_or(&own), &mut |_| {})?;
        if source.is_none() {
            screen.keep(progress.record(course, exercise, &report));
        }
        if run.format == Format::Human {
            if !reports.is_empty() {
                screen.say("")?;
            }
            let material = Material::of_report(&course.root, exercise, &report);
            screen.report(Subject { exercise, material: &material, source: source.as_deref() }, &report)?;
        }
        if run.format == Format::Short {
            screen.raw(&short::lines(&report, source.as_deref().unwrap_or(&own)))?;
        }
        let learners_own = source.is_none() && exercises.len() == 1;
        if run.format == Format::Human && learners_own && report.verdict != Status::Passed {
            screen.say(&format!("\n{}", advice(exercise, &report)))?;
        }
        reports.push(report);
    }
    if run.format == Format::Json {
        screen.json(&reports)?;
    }
    Ok(Outcome::of(&reports))
}
