//! `update`: takes in a new version of the course, says what is new, and judges again what has changed.

use crate::commands::args::Update;
use crate::commands::outcome::Outcome;
use crate::commands::setup::{judge, open_base};
use crate::course::Course;
use crate::judge::{Detail, Effort};
use crate::learner::progress::Progress;
use crate::process::cancel::{Interrupted, is_interrupted};
use crate::show::printer::Screen;
use crate::show::style::{counted, look};
use crate::update::{Changed, Pending, Wish, is_half_done, take_in};
use crate::verdict::State;
use anyhow::{Context, Result};
use colored::Colorize;
use std::process::Command;

pub fn update(screen: &Screen, course: &Course, progress: Progress, call: &Update) -> Result<Outcome> {
    let wish = Wish {
        from: call.from.as_deref(),
        leaves_release: call.leave_release,
        say: &|text| screen.note(text),
    };
    let mut go_on = || if is_interrupted() { Err(Interrupted.into()) } else { Ok(()) };
    let taken = take_in(course, &wish, &mut go_on);
    let taken = taken.map_err(|error| match is_half_done(&course.root) {
        true => error.context("the update is not complete; `cargo checker update` continues it"),
        false => error,
    })?;
    let Some(mut pending) = taken else {
        screen.say(&format!("This is the newest version of the course, {}.", course.release()))?;
        return Ok(Outcome::AllPassed);
    };
    if !pending.is_told {
        tell(screen, course, &pending)?;
        pending.is_told = true;
        pending.keep(&course.root)?;
        if course.root.join("checker/launcher/Cargo.toml").is_file() {
            return go_on_as_the_new_checker(screen, course);
        }
    }
    // The course as it is now.
    judge_again(screen, &Course::find(&course.root)?, progress, pending)
}

/// What is new, in words.
fn tell(screen: &Screen, course: &Course, pending: &Pending) -> Result<()> {
    let news = &pending.news;
    let before = match pending.from.as_str() {
        "" => String::new(),
        from => format!("; it was at {from}"),
    };
    screen.say(&format!("The course is now at {}{before}.", pending.to))?;
    if !news.changed.is_empty() {
        screen.say("\nChanged:")?;
        let width = news.changed.iter().map(|it| it.name.len()).max().unwrap_or(0);
        for Changed { name, what, .. } in &news.changed {
            screen.say(&format!("  {name:width$}  {}", what.join(", ")))?;
        }
    }
    if !news.added.is_empty() {
        screen.say(&format!("\nNew: {}", news.added.join(", ")))?;
    }
    for (name, program) in &news.gone {
        let stays = program.as_ref().map(|it| format!("; your program stays in {}", it.display()));
        screen.say(&format!("\n{name} is no longer in the course{}", stays.unwrap_or_default()))?;
    }
    for (old, new) in &news.renamed {
        screen.say(&format!("\n{old} is now called {new}; your program was moved there"))?;
    }
    for Changed { name, new_stub, .. } in &news.changed {
        let Some((place, difference)) = new_stub else { continue };
        screen.say(&format!(
            "\n{name}: your program stays as it is. The new stub is in {}. What changed in the stub:",
            place.display()
        ))?;
        let lines = difference.lines().map(|line| match line.chars().next() {
            Some('+') => format!("  {}\n", line.green()),
            Some('-') => format!("  {}\n", line.red()),
            _ => format!("  {line}\n"),
        });
        screen.raw(&screen.style.encoded(&lines.collect::<String>()))?;
    }
    if !news.kept.is_empty() {
        screen.say(
            "\nYou had edited files of the course that have changed. Your versions are kept beside the new ones:",
        )?;
        news.kept.iter().try_for_each(|kept| screen.say(&format!("  {kept}")))?;
    }
    if let Some(folder) = pending.former_files(&course.root) {
        screen.say(&format!("\nOld files of {} are kept in {}.", pending.from, folder.display()))?;
    }
    Ok(())
}

/// This is the checker of the former version: the new one is built, and does the rest.
fn go_on_as_the_new_checker(screen: &Screen, course: &Course) -> Result<Outcome> {
    // Windows keeps a program that runs from being replaced.
    if cfg!(windows) {
        screen.say("\nRun `cargo checker update` once more: it judges the changed exercises again.")?;
        return Ok(Outcome::AllPassed);
    }
    let mut command = Command::new(launcher::cargo());
    command.current_dir(&course.root).args(["checker", "update"]);
    let status = command
        .status()
        .context("cargo is needed to build the new checker; install Rust from https://rustup.rs")?;
    match status.code() {
        Some(0) => Ok(Outcome::AllPassed),
        Some(1) => Ok(Outcome::SomeFailed),
        // It has said why.
        _ => Ok(Outcome::Trouble),
    }
}

/// Judges what has changed and was worked on. Ends with a failure if something that had passed does so no longer.
fn judge_again(
    screen: &Screen,
    course: &Course,
    mut progress: Progress,
    mut pending: Pending,
) -> Result<Outcome> {
    let worked_on = |name: &String| {
        let exercise = course.exercises.iter().find(|it| it.name == *name)?;
        (progress.state(course, exercise) != State::NotRun).then(|| name.clone())
    };
    pending.to_judge = pending.to_judge.iter().filter_map(worked_on).collect();
    pending.keep(&course.root)?;
    if pending.to_judge.is_empty() {
        screen.say("\nNo program of yours has to be judged again.")?;
        pending.end(&course.root);
        return Ok(Outcome::AllPassed);
    }
    let base = open_base(screen, course)?;
    let mut judge = judge(screen, course, &base, Effort::default());
    judge.detail = Detail::Verdict;
    let programs = counted(pending.to_judge.len() as u64, "program", "programs");
    screen.say(&format!("\nJudging {programs} again:"))?;
    let mut outcome = Outcome::AllPassed;
    while let Some(name) = pending.to_judge.first().cloned() {
        let exercise = course.exercise(&name)?;
        let had_passed = progress.has_passed(exercise);
        let report = judge.judge(exercise, &exercise.source(), &mut |_| {})?;
        let state = State::of(&report);
        let stub_is_new = pending.news.changed.iter().any(|it| it.name == name && it.new_stub.is_some());
        // It was written for another stub: what it was worth there stays known until it is written anew.
        if state == State::Passed || !(had_passed && stub_is_new) {
            screen.keep(progress.record(course, exercise, &report));
        }
        let (sign, word, colour) = look(state);
        let before = match (state, had_passed) {
            (State::Passed, _) | (_, false) => String::new(),
            _ => {
                outcome = Outcome::SomeFailed;
                "; it passed under the old contract".to_owned()
            }
        };
        screen.say(&format!("  {} {name}: {word}{before}", sign.color(colour)))?;
        pending.to_judge.remove(0);
        pending.keep(&course.root)?;
    }
    pending.end(&course.root);
    if outcome == Outcome::SomeFailed {
        screen.say("\n`cargo checker run EXERCISE` says what happened.")?;
    }
    Ok(outcome)
}
