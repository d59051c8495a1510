//! `progress export` and `progress import`: a learner's programs and verdicts, packed for another machine.

use crate::commands::args::Direction;
use crate::course::{Course, Exercise};
use crate::files::{read_text, replace};
use crate::learner::original;
use crate::learner::progress::Progress;
use crate::show::printer::Screen;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// What `progress export` prints.
#[derive(Deserialize, Serialize)]
struct Luggage {
    progress: Value,
    /// The learner's programs, by exercise.
    programs: BTreeMap<String, String>,
}

pub fn progress(screen: &Screen, course: &Course, mut progress: Progress, way: &Direction) -> Result<()> {
    match way {
        Direction::Export => {
            let programs = course.exercises.iter().filter_map(|exercise| {
                Some((exercise.name.clone(), read_text(&course.root.join(exercise.source())).ok()?))
            });
            screen.json(&Luggage { progress: serde_json::to_value(&progress)?, programs: programs.collect() })
        }
        Direction::Import { file } => {
            let (theirs, programs) = unpack(file)?;
            let mut changed = 0;
            for (name, text) in &programs {
                let names = |it: &&Exercise| it.name == *name || it.about.formerly.contains(name);
                let Some(exercise) = course.exercises.iter().find(names) else {
                    screen.note(&format!("{name} is not in this workbook; its program stays in the file"));
                    continue;
                };
                let path = course.root.join(exercise.source());
                if read_text(&path).is_ok_and(|own| own == *text) {
                    continue;
                }
                if path.exists() {
                    let kept = original::back_up(course, exercise)?;
                    screen.say(&format!("{}: your file is kept as {}", exercise.name, kept.display()))?;
                }
                replace(&path, text.as_bytes())?;
                changed += 1;
            }
            progress.merge(theirs)?;
            let tally = progress.tally(course);
            screen.say(&format!(
                "taken in: {changed} programs; {} of {} exercises have passed",
                tally.passed, tally.exercises
            ))
        }
    }
}

fn unpack(file: &Path) -> Result<(Progress, BTreeMap<String, String>)> {
    let text = read_text(file)?;
    let luggage = serde_json::from_str::<Luggage>(&text).ok();
    let luggage = luggage.and_then(|luggage| {
        let progress = Progress::parse(&serde_json::to_vec(&luggage.progress).ok()?)?;
        Some((progress, luggage.programs))
    });
    luggage.with_context(|| {
        format!("{} is not what `cargo checker progress export` prints; nothing was changed", file.display())
    })
}
