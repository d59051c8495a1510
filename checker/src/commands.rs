//! What each command does.

mod args;
mod completions;
mod edition;
mod effort;
pub mod exercise;
mod explore;
mod grade;
mod grading;
mod manual;
pub mod outcome;
mod play;
mod progress;
mod replay;
mod run;
mod setup;
mod step;
mod update;

use crate::author::{measure, mutants, verify};
use crate::commands::args::{Arguments, Command, MutantsOf, Verify};
use crate::commands::outcome::Outcome;
use crate::commands::setup::{effort, judge, open_base};
use crate::course::Course;
use crate::judge::Detail;
use crate::learner::original;
use crate::learner::progress::Progress;
#[cfg(unix)]
use crate::process::reaper;
use crate::process::{cancel, jail};
use crate::show::printer::Screen;
use crate::show::style::{counted, look, thousands};
use crate::watch;
use anyhow::{Context, Result};
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
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            error.print()?;
            return Ok(if error.exit_code() == 0 { Outcome::AllPassed } else { Outcome::BadUsage });
        }
    };
    // It needs no course: it works in any package. ^C ends it and its children at once, as it ends `cargo test`.
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
        Some(Command::Man) => return print_manual(screen),
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
        Some(Command::Update(call)) => update::update(screen, course, progress, call),
        Some(Command::Course { what }) => edition::pack(screen, course, what).map(done),
        Some(Command::Grade(call)) => grade::grade(screen, course, call),
        Some(Command::Verify(verify)) => verify_all(screen, course, verify),
        // Done before there was a course.
        Some(_) => Ok(Outcome::AllPassed),
    }
}

fn print_manual(screen: &Screen) -> Result<Outcome> {
    screen.raw(&manual::page()?)?;
    Ok(Outcome::AllPassed)
}

fn list(screen: &Screen, course: &Course, progress: &Progress, filter: Option<&str>) -> Result<Outcome> {
    let mut exercises = course.all()?;
    if let Some(text) = filter {
        exercises.retain(|exercise| exercise.matches(text, look(progress.state(course, exercise)).1));
        if exercises.is_empty() {
            screen.say(&format!("no exercise has `{text}` in its name, title, lesson or state"))?;
        }
    }
    screen.list(&exercises, |exercise| progress.state(course, exercise))?;
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

fn verify_all(screen: &Screen, course: &Course, verify: &Verify) -> Result<Outcome> {
    let exercises = course.chosen(&verify.exercises)?;
    let base = open_base(screen, course)?;
    let mut judge = judge(screen, course, &base, effort(&verify.effort));
    judge.rendering.colour = false;
    judge.detail = Detail::Verdict;
    if verify.strategies {
        measure::strategies(&judge, &exercises, screen)?;
        return Ok(Outcome::AllPassed);
    }
    if let Some(wanted) = verify.soundness {
        let sound = measure::soundness(&mut judge, &exercises, wanted, screen)?;
        return Ok(if sound { Outcome::AllPassed } else { Outcome::SomeFailed });
    }
    let sample = verify.sample.map(|programs| verify::Sample { programs, drawn_by: &verify.drawn_by });
    let tally = match verify.mutants {
        Some(of) => {
            judge.children = 1;
            let is_whole = verify.exercises.is_empty();
            let plan = mutants::Plan { of_accepted: of == MutantsOf::All, sample, is_whole };
            mutants::verify(&judge, &exercises, &plan, screen)?
        }
        None => {
            let explanations = verify.explanations.as_deref();
            let plan = verify::Plan { repeat: verify.repeat, explanations, sample };
            verify::verify(&judge, &exercises, &plan, screen)?
        }
    };
    Ok(if tally.failed == 0 { Outcome::AllPassed } else { Outcome::SomeFailed })
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
