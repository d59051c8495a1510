//! What each command does.

mod args;
mod completions;
#[cfg(feature = "rare")]
mod edition;
mod effort;
pub mod exercise;
#[cfg(feature = "rare")]
mod explore;
#[cfg(feature = "rare")]
mod grade;
#[cfg(feature = "rare")]
mod grading;
#[cfg(feature = "rare")]
mod manual;
#[cfg(feature = "rare")]
mod new;
pub mod outcome;
mod play;
mod progress;
mod replay;
mod run;
mod setup;
mod step;
#[cfg(feature = "rare")]
mod update;
#[cfg(feature = "rare")]
mod verify;

use crate::commands::args::{Arguments, Command};
use crate::commands::outcome::Outcome;
use crate::course::Course;
use crate::learner::original;
use crate::learner::progress::Progress;
#[cfg(unix)]
use crate::process::reaper;
use crate::process::{cancel, jail};
use crate::show::printer::Screen;
use crate::show::style::{counted, look, thousands};
use crate::watch;
use anyhow::{Context, Result, bail};
use clap::Parser;
use std::env;

/// Does what the command line says.
///
/// # Errors
/// If there is trouble that is not the learner's.
pub fn run(screen: &Screen) -> Result<Outcome> {
    match env::args_os().nth(1) {
        Some(command) if command == jail::COMMAND => match jail::serve(env::args_os().skip(2))? {},
        Some(command) if command == jail::PROBE => {
            let outside = env::args_os().nth(2).unwrap_or_default();
            return jail::try_breaches(outside.as_ref()).map(|()| Outcome::AllPassed);
        }
        _ => {}
    }
    #[cfg(unix)]
    if env::args_os().nth(1).is_some_and(|command| command == reaper::COMMAND) {
        // A polite kill is not for it: it ends when its standard input does.
        cancel::watch_for_interrupts()?;
        return reaper::serve().map(|()| Outcome::AllPassed);
    }
    if !cfg!(feature = "rare") && launcher::is_rare(env::args_os().skip(1)) {
        bail!(
            "this checker was built without the commands {}\n`cargo checker` builds the whole checker when one of them is asked for",
            launcher::RARE.join(", ")
        );
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            error.print()?;
            return Ok(if error.exit_code() == 0 { Outcome::AllPassed } else { Outcome::BadUsage });
        }
    };
    // It needs no course: it works in any package. ^C ends it and its children at once, as it ends `cargo test`.
    #[cfg(feature = "rare")]
    if let Some(Command::Explore(call)) = &arguments.command {
        return explore::explore(screen, call);
    }
    cancel::watch_for_interrupts()?;
    match &arguments.command {
        Some(Command::Completions { shell }) => {
            screen.raw(&completions::script(*shell)?)?;
            return Ok(Outcome::AllPassed);
        }
        Some(Command::Complete { word, before }) => {
            let here = env::current_dir().unwrap_or_default();
            screen.raw(&completions::lines(&here, word, before))?;
            return Ok(Outcome::AllPassed);
        }
        #[cfg(feature = "rare")]
        Some(Command::Man) => {
            screen.raw(&manual::page()?)?;
            return Ok(Outcome::AllPassed);
        }
        _ => {}
    }
    let here = env::current_dir().context(
        "this folder can't be found; it may have been removed\ngo to another folder, and try again",
    )?;
    let course = Course::find(&here)?;
    for error in &course.broken {
        screen.note(&format!("warning: {error:#}; it is left out"));
    }
    let course = &course;
    let mut progress = read_progress(screen, course)?;
    let done = |()| Outcome::AllPassed;
    match &arguments.command {
        None if watch::is_possible() => watch::run(screen, course, progress, None).map(done),
        Some(Command::Watch { exercise }) => {
            watch::run(screen, course, progress, exercise.as_deref()).map(done)
        }
        None | Some(Command::Next) => run::next(screen, course, progress),
        Some(Command::List { filter }) => list(screen, course, &progress, filter.as_deref()),
        Some(Command::Run(run)) => run::judge_all(screen, course, progress, run),
        Some(Command::Hint(hint)) => exercise::hint(screen, course, &mut progress, hint).map(done),
        Some(Command::Replay(replay)) => replay::show_replay(screen, course, replay),
        Some(Command::Edit { exercise }) => exercise::edit(course, exercise).map(done),
        Some(Command::Task { exercise }) => exercise::task(screen, course, exercise).map(done),
        Some(Command::Lesson { exercise, answers }) => {
            exercise::lesson(screen, course, exercise, *answers).map(done)
        }
        Some(Command::Play { lesson }) => play::play(screen, course, lesson).map(done),
        Some(Command::Book { no_open }) => exercise::book(screen, course, !no_open).map(done),
        Some(Command::Compare { exercise, variant }) => {
            exercise::compare(screen, course, &progress, exercise, variant.as_deref()).map(done)
        }
        Some(Command::Reset { exercise, all }) => {
            let exercises = if *all { course.all()? } else { course.chosen(exercise.as_slice())? };
            exercise::reset(screen, course, &mut progress, &exercises).map(done)
        }
        Some(Command::Progress { direction }) => {
            progress::progress(screen, course, progress, direction).map(done)
        }
        #[cfg(feature = "rare")]
        Some(Command::Update(call)) => update::update(screen, course, progress, call),
        #[cfg(feature = "rare")]
        Some(Command::Course { what }) => edition::pack(screen, course, what).map(done),
        #[cfg(feature = "rare")]
        Some(Command::Grade(call)) => grade::grade(screen, course, call),
        #[cfg(feature = "rare")]
        Some(Command::New(call)) => new::new(screen, course, call).map(done),
        #[cfg(feature = "rare")]
        Some(Command::Verify(verify)) => verify::verify(screen, course, verify),
        // Done before there was a course.
        Some(_) => Ok(Outcome::AllPassed),
    }
}

fn list(screen: &Screen, course: &Course, progress: &Progress, filter: Option<&str>) -> Result<Outcome> {
    let mut exercises = course.all()?;
    if let Some(text) = filter {
        exercises.retain(|exercise| exercise.matches(text, look(progress.state(course, exercise)).1));
        if exercises.is_empty() {
            screen.say(&format!("no exercise has `{text}` in its name, title, lesson or state"))?;
        }
    }
    screen.list(course, &exercises, |exercise| progress.state(course, exercise))?;
    if filter.is_none() {
        screen.ways(course)?;
    }
    let proof = progress.proven(course);
    if filter.is_none() && proof.clauses > 0 {
        let every = match proof.interleavings {
            0 => String::new(),
            all => format!(", and in every interleaving of small inputs ({})", thousands(all)),
        };
        screen.say(&format!(
            "\nYour programs have kept {} in {}{every}.",
            counted(proof.clauses, "clause", "clauses"),
            counted(proof.schedules, "schedule", "schedules"),
        ))?;
    }
    Ok(Outcome::AllPassed)
}

fn read_progress(screen: &Screen, course: &Course) -> Result<Progress> {
    let (progress, message) = Progress::read(&course.root)?;
    if let Some(message) = message {
        screen.note(&message);
    }
    original::keep(course, &progress);
    crate::update::remember(&course.root, course.release());
    if crate::update::is_half_done(&course.root) {
        screen.note("an update of the course is not complete; `cargo checker update` continues it");
    }
    Ok(progress)
}
