//! `replay`: one schedule of one check, as lanes, data or a picture.

use crate::commands::args::{Replay, ReplayFormat};
use crate::commands::outcome::Outcome;
use crate::commands::setup::{judge, open_base};
use crate::commands::step::{self, Steps};
use crate::course::{Course, unknown};
use crate::judge::compile::Compiled;
use crate::judge::{Effort, source_file};
use crate::show::material::Material;
use crate::show::printer::Screen;
use crate::show::report::Subject;
use crate::show::sources::Sources;
use crate::show::svg;
use crate::verdict::{Replayed, Report};
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

pub fn show_replay(screen: &Screen, course: &Course, replay: &Replay) -> Result<Outcome> {
    let exercise = course.exercise(&replay.exercise)?;
    let given: Option<PathBuf> =
        replay.source.as_deref().map(|file| source_file(&course.root, file)).transpose()?;
    let own = exercise.source();
    let source: &Path = given.as_deref().unwrap_or(&own);
    let base = open_base(screen, course)?;
    let mut judge = judge(screen, course, &base, Effort::default());
    judge.rendering.colour &= replay.format == ReplayFormat::Human;
    let program = match judge.compile(exercise, source)? {
        Compiled::Program(program) => program,
        Compiled::Refused(finding) if replay.format != ReplayFormat::Human => {
            bail!("there is nothing to replay: {}\n{}", finding.kind, finding.message)
        }
        Compiled::Refused(finding) => {
            let material = Material::of_finding(&course.root, exercise, &finding);
            let subject = Subject { exercise, material: &material, source: given.as_deref() };
            screen.report(subject, &Report::refused(&exercise.name, finding, 0))?;
            return Ok(Outcome::SomeFailed);
        }
    };
    if replay.step {
        let steps = Steps { judge: &judge, program: &program, exercise, source, replay };
        return step::through(screen, &steps);
    }
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
            screen.raw(&svg::draw(&Sources::of_steps(&course.root, &replayed.events), &replayed))?;
            return Ok(outcome);
        }
    }
    match &check.finding {
        Some(finding) => {
            let material = Material::of_finding(&course.root, exercise, finding);
            let subject = Subject { exercise, material: &material, source: given.as_deref() };
            screen.replay(subject, &check, finding)?;
            screen.say("\nWith `--step`, you choose at each point which thread runs next.")?;
            Ok(Outcome::SomeFailed)
        }
        None => {
            screen.say(&format!("✓ {} passes with seed {}", check.name, replay.seed))?;
            screen.say(&format!("`cargo checker run {}` tries the other schedules.", exercise.name))?;
            Ok(Outcome::AllPassed)
        }
    }
}
