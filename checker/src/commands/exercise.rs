//! The commands around an exercise: hints, the lesson, the editor, comparing, beginning anew, moving house.

use crate::commands::args::Hint;
use crate::course::edition::Edition;
use crate::course::{Course, Exercise, hints, unknown};
use crate::files::read_text;
use crate::learner::original::kept_as;
use crate::learner::progress::Progress;
use crate::learner::{editor, original};
use crate::show::chapter::lesson_text;
use crate::show::comparison::{self, Choice};
use crate::show::markdown::Answers;
use crate::show::printer::Screen;
use anyhow::{Context, Result, bail};
use std::process::Command;

pub fn hint(screen: &Screen, course: &Course, progress: &mut Progress, asked: &Hint) -> Result<()> {
    let exercise = course.exercise(&asked.exercise)?;
    let all = exercise.hints(&course.root)?;
    if asked.all {
        if !progress.has_passed(exercise) {
            bail!(
                "all hints are shown after {0} has passed; `cargo checker hint {0}` shows the one that fits now",
                exercise.name
            );
        }
        return (1..=all.len()).try_for_each(|step| screen.hint(&all, step, &[]));
    }
    let offered =
        |progress: &Progress| hints::offered(&all, &progress.findings(exercise), &progress.opened(exercise));
    let step = asked.step.map_or_else(|| offered(progress), |step| step as usize);
    if step > all.len() {
        bail!("{} has {} hints; there is no hint {step}", exercise.name, all.len());
    }
    screen.keep(progress.open_hint(exercise, step));
    let mut foot = Vec::new();
    if !progress.has_passed(exercise) {
        let opened = progress.opened(exercise);
        foot.push(format!("{} of {} hints opened", opened.len(), all.len()));
        let command = format!("another one: cargo checker hint {}", exercise.name);
        if !opened.contains(&offered(progress)) {
            foot.push(command);
        } else if let Some(other) = (1..=all.len()).find(|step| !opened.contains(step)) {
            foot.push(format!("{command} --step {other}"));
        }
    }
    screen.hint(&all, step, &foot)
}

pub fn task(screen: &Screen, course: &Course, name: &str) -> Result<()> {
    screen.prose(&read_text(&course.root.join(course.exercise(name)?.readme()))?, Answers::Shown)
}

pub fn lesson(screen: &Screen, course: &Course, name: &str, answers: bool) -> Result<()> {
    let answers = if answers { Answers::Shown } else { Answers::Folded("--answers opens it") };
    screen.prose(&lesson_text(course, course.exercise(name)?)?, answers)
}

/// Builds the book and opens it. It is a program of its own, so a learner who never opens the book never builds mdBook.
pub fn book(screen: &Screen, course: &Course, open: bool) -> Result<()> {
    screen.note("building the book; the first time, this takes a minute or two");
    let mut command = Command::new(launcher::cargo());
    command.current_dir(&course.root).args(["run", "--package", "book", "--"]);
    if open {
        command.arg("--open");
    }
    let status =
        command.status().context("cargo is needed to build the book; install Rust from https://rustup.rs")?;
    if !status.success() {
        bail!("the book could not be built; cargo's own message is above");
    }
    Ok(())
}

pub fn edit(course: &Course, name: &str) -> Result<()> {
    editor::open(&course.root.join(course.exercise(name)?.source()), None)
}

pub fn compare(
    screen: &Screen,
    course: &Course,
    progress: &Progress,
    name: &str,
    variant: Option<&str>,
) -> Result<()> {
    let exercise = course.exercise(name)?;
    if !progress.has_passed(exercise) {
        bail!(
            "{0} has not passed yet; other programs are shown after that. `cargo checker hint {0}` has a hint",
            exercise.name
        );
    }
    Edition::read(&course.root)?.may_compare()?;
    let choices = comparison::choices(&course.root, exercise);
    if variant.is_none() {
        for Choice { name, words, .. } in &choices {
            screen.say(&format!("{name}: {words}"))?;
        }
        screen.say("")?;
    }
    let wanted = variant.unwrap_or("solution");
    let Some(choice) = choices.iter().find(|choice| choice.name == wanted) else {
        let names = choices.iter().map(|choice| choice.name.as_str());
        let advice = format!("`cargo checker compare {}` lists them", exercise.name);
        return Err(unknown("variant", wanted, names, &advice));
    };
    if variant.is_some() {
        screen.say(&choice.words)?;
    }
    let own = read_text(&course.root.join(exercise.source()))?;
    screen.raw(&screen.style.encoded(&comparison::difference(exercise, &own, choice)?))
}

pub fn reset(
    screen: &Screen,
    course: &Course,
    progress: &mut Progress,
    exercises: &[&Exercise],
) -> Result<()> {
    for exercise in exercises {
        let (kept, forgotten) = original::reset(course, progress, exercise)?;
        let said = match kept.as_slice() {
            [] => format!("{} is already in its original state", exercise.name),
            kept => format!("{} is in its original state; {}", exercise.name, kept_as(kept)),
        };
        screen.keep(forgotten);
        screen.say(&said)?;
    }
    Ok(())
}
