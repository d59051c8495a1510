//! What each command does.

mod args;
pub mod exercise;
mod manual;

use crate::author::measure;
use crate::author::verify;
use crate::commands::args::{Arguments, Command, Effort, Format, Replay, ReplayFormat, Run, Verify};
use crate::course::{Course, Exercise, Task, unknown};
use crate::judge::compile::{Compiled, Rendering};
use crate::judge::prebuilt::{Base, Building};
use crate::judge::{self, Detail, Judge, source_file};
use crate::learner::original;
use crate::learner::progress::{Progress, State};
#[cfg(unix)]
use crate::process::reaper;
use crate::process::{self, Cancel};
use crate::show::printer::Screen;
use crate::show::report::Subject;
use crate::show::style::look;
use crate::show::svg;
use crate::verdict::{Replayed, Report, Status};
use crate::watch;
use anyhow::{Context, Result, bail};
use clap::{CommandFactory, Parser};
use clap_complete::Shell;
use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How a command ended, other than in trouble.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    AllPassed,
    /// A check failed, or nothing could be proven about it.
    SomeFailed,
    /// The command line was not understood, and clap has said why.
    BadUsage,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> ExitCode {
        match outcome {
            Outcome::AllPassed => ExitCode::SUCCESS,
            Outcome::SomeFailed => ExitCode::from(1),
            Outcome::BadUsage => ExitCode::from(2),
        }
    }
}

impl Outcome {
    fn of(reports: &[Report]) -> Outcome {
        let passed = reports.iter().all(|report| report.verdict == Status::Passed);
        if passed { Outcome::AllPassed } else { Outcome::SomeFailed }
    }
}

/// Does what the command line says.
///
/// # Errors
/// If there is trouble that is not the learner's.
pub fn run(screen: &Screen) -> Result<Outcome> {
    #[cfg(unix)]
    if env::args_os().nth(1).is_some_and(|command| command == reaper::COMMAND) {
        // A polite kill is not for it: it ends when its standard input does.
        process::watch_for_interrupts()?;
        return reaper::serve().map(|()| Outcome::AllPassed);
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            error.print()?;
            return Ok(if error.exit_code() == 0 { Outcome::AllPassed } else { Outcome::BadUsage });
        }
    };
    process::watch_for_interrupts()?;
    match &arguments.command {
        Some(Command::Completions { shell }) => return print_completions(screen, *shell),
        Some(Command::Man) => return print_manual(screen),
        _ => {}
    }
    let here = env::current_dir().context("could not find out which folder this is")?;
    let course = Course::find(&here)?;
    for error in &course.broken {
        screen.note(&format!("warning: {error:#}; it is left out"));
    }
    let course = &course;
    let mut progress = read_progress(screen, course)?;
    let done = |()| Outcome::AllPassed;
    match &arguments.command {
        None if watch::is_possible() => watch::run(screen, course, progress, None),
        Some(Command::Watch { exercise }) => watch::run(screen, course, progress, exercise.as_deref()),
        None | Some(Command::Next) => next(screen, course, progress),
        Some(Command::List { filter }) => list(screen, course, &progress, filter.as_deref()),
        Some(Command::Run(run)) => judge_all(screen, course, progress, run),
        Some(Command::Hint(hint)) => exercise::hint(screen, course, &mut progress, hint).map(done),
        Some(Command::Replay(replay)) => show_replay(screen, course, replay),
        Some(Command::Edit { exercise }) => exercise::edit(course, exercise).map(done),
        Some(Command::Task { exercise }) => exercise::task(screen, course, exercise).map(done),
        Some(Command::Lesson { exercise }) => exercise::lesson(screen, course, exercise).map(done),
        Some(Command::Book { no_open }) => exercise::book(screen, course, !no_open).map(done),
        Some(Command::Compare { exercise, variant }) => {
            exercise::compare(screen, course, &progress, exercise, variant.as_deref()).map(done)
        }
        Some(Command::Reset { exercise, .. }) => {
            let exercises = course.select(exercise.as_slice())?;
            exercise::reset(screen, course, &mut progress, &exercises).map(done)
        }
        Some(Command::Progress { direction }) => {
            exercise::progress(screen, course, progress, direction).map(done)
        }
        Some(Command::Verify(verify)) => verify_all(screen, course, verify),
        // Done before there was a course.
        Some(_) => Ok(Outcome::AllPassed),
    }
}

fn print_completions(screen: &Screen, shell: Shell) -> Result<Outcome> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "checker", &mut text);
    screen.raw(&String::from_utf8_lossy(&text))?;
    Ok(Outcome::AllPassed)
}

fn print_manual(screen: &Screen) -> Result<Outcome> {
    screen.raw(&manual::page()?)?;
    Ok(Outcome::AllPassed)
}

/// Judges from the first exercise that is not done up to the first that does not pass.
fn next(screen: &Screen, course: &Course, mut progress: Progress) -> Result<Outcome> {
    course.select(&[])?;
    let base = open_base(screen, course)?;
    let judge = judge(screen, course, &base, judge::Effort::default());
    screen.list(&course.select(&[])?, |exercise| progress.state(course, exercise))?;
    for exercise in &course.exercises {
        if progress.state(course, exercise) == State::Passed {
            continue;
        }
        let report = judge.judge(exercise, &exercise.source(), &mut |_| {})?;
        screen.keep(progress.record(course, exercise, &report));
        screen.say("")?;
        screen.report(Subject { course, exercise, source: None }, &report)?;
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

fn list(screen: &Screen, course: &Course, progress: &Progress, filter: Option<&str>) -> Result<Outcome> {
    let mut exercises = course.select(&[])?;
    if let Some(text) = filter {
        exercises.retain(|exercise| exercise.matches(text, look(progress.state(course, exercise)).1));
        if exercises.is_empty() {
            screen.say(&format!("nothing has `{text}` in its name, title, lesson or state"))?;
        }
    }
    screen.list(&exercises, |exercise| progress.state(course, exercise))?;
    Ok(Outcome::AllPassed)
}

fn judge_all(screen: &Screen, course: &Course, mut progress: Progress, run: &Run) -> Result<Outcome> {
    let exercises = course.select(&run.exercises)?;
    let source = match &run.source {
        None => None,
        Some(_) if run.exercises.len() != 1 => {
            bail!("--source needs the name of the one exercise that the file is an answer to")
        }
        Some(file) => Some(source_file(&course.root, file)?),
    };
    let base = open_base(screen, course)?;
    let mut judge = judge(screen, course, &base, effort(&run.effort));
    if run.format == Format::Json {
        judge.rendering.colour = false;
        judge.detail = Detail::Verdict;
        // Programs are judged side by side.
        judge.children = 1;
    }
    let mut reports = Vec::new();
    for exercise in exercises {
        let own = exercise.source();
        let report = judge.judge(exercise, source.as_deref().unwrap_or(&own), &mut |_| {})?;
        if source.is_none() {
            screen.keep(progress.record(course, exercise, &report));
        }
        if run.format == Format::Human {
            if !reports.is_empty() {
                screen.say("")?;
            }
            screen.report(Subject { course, exercise, source: source.as_deref() }, &report)?;
        }
        let learners_own = source.is_none() && run.exercises.len() == 1;
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

fn show_replay(screen: &Screen, course: &Course, replay: &Replay) -> Result<Outcome> {
    let exercise = course.exercise(&replay.exercise)?;
    let given: Option<PathBuf> =
        replay.source.as_deref().map(|file| source_file(&course.root, file)).transpose()?;
    let own = exercise.source();
    let source: &Path = given.as_deref().unwrap_or(&own);
    let base = open_base(screen, course)?;
    let mut judge = judge(screen, course, &base, judge::Effort::default());
    judge.rendering.colour &= replay.format == ReplayFormat::Human;
    let subject = Subject { course, exercise, source: given.as_deref() };
    let program = match judge.compile(exercise, source)? {
        Compiled::Program(program) => program,
        Compiled::Refused(finding) if replay.format != ReplayFormat::Human => {
            bail!("there is nothing to replay: {}\n{}", finding.kind, finding.message)
        }
        Compiled::Refused(finding) => {
            screen.report(subject, &Report::refused(&exercise.name, finding, 0))?;
            return Ok(Outcome::SomeFailed);
        }
    };
    let Some(check) = judge.replay(&program, exercise, source, &replay.check, replay.seed)? else {
        let checks = judge.checks(&program, exercise, source, &mut |_| {})?;
        let names = checks.iter().map(|check| check.name.as_str());
        let advice = format!("`cargo checker run {}` shows them all", exercise.name);
        return Err(unknown("check", &replay.check, names, &advice));
    };
    let outcome = if check.finding.is_some() { Outcome::SomeFailed } else { Outcome::AllPassed };
    match replay.format {
        ReplayFormat::Human => {}
        ReplayFormat::Json => {
            screen.json(&Replayed::of(&exercise.name, check, replay.seed))?;
            return Ok(outcome);
        }
        ReplayFormat::Svg => {
            let replayed = Replayed::of(&exercise.name, check, replay.seed);
            if replayed.events.is_empty() {
                bail!(
                    "with seed {} there is no failure to draw; `cargo checker run {}` names the seeds that fail",
                    replay.seed,
                    exercise.name
                );
            }
            screen.raw(&svg::draw(&course.root, &replayed))?;
            return Ok(outcome);
        }
    }
    match &check.finding {
        Some(finding) => {
            screen.replay(subject, &check, finding)?;
            Ok(Outcome::SomeFailed)
        }
        None => {
            screen.say(&format!("✓ {} passes with seed {}", check.name, replay.seed))?;
            screen.say(&format!("`cargo checker run {}` tries the other schedules.", exercise.name))?;
            Ok(Outcome::AllPassed)
        }
    }
}

fn verify_all(screen: &Screen, course: &Course, verify: &Verify) -> Result<Outcome> {
    let exercises = course.select(&verify.exercises)?;
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
    let tally = verify::verify(&judge, &exercises, verify.repeat, verify.explanations.as_deref(), screen)?;
    Ok(if tally.failed == 0 { Outcome::AllPassed } else { Outcome::SomeFailed })
}

fn judge<'a>(screen: &Screen, course: &'a Course, base: &'a Base, effort: judge::Effort) -> Judge<'a> {
    let rendering = Rendering { colour: screen.style.colour, width: screen.style.width };
    let (cancel, children) = (Cancel::default(), judge::crew());
    Judge { course, base, rendering, effort, detail: Detail::Steps, cancel, children }
}

fn open_base(screen: &Screen, course: &Course) -> Result<Base> {
    let note = |text: &str| screen.note(text);
    Base::open(&course.root, &Building { note: &note, cargo_talks: true, cancel: &Cancel::default() })
}

fn effort(arguments: &Effort) -> judge::Effort {
    judge::Effort { seed: arguments.seed, schedules: arguments.schedules, limit: arguments.limit() }
}

fn read_progress(screen: &Screen, course: &Course) -> Result<Progress> {
    let (progress, message) = Progress::read(&course.root)?;
    if let Some(message) = message {
        screen.note(&message);
    }
    original::keep(course, &progress);
    Ok(progress)
}
