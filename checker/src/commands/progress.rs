//! `progress export` and `progress import`: a learner's programs and verdicts, packed for another machine.

use crate::commands::args::Direction;
use crate::course::{Course, Exercise};
use crate::files::replace;
use crate::learner::original;
use crate::learner::progress::Progress;
use crate::learner::sources::{self, Files};
use crate::show::printer::Screen;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What `progress export` writes.
#[derive(Deserialize, Serialize)]
struct Luggage {
    progress: Value,
    /// The learner's programs, by exercise.
    programs: BTreeMap<String, Program>,
}

/// A program of one file, or of several by their paths below `src/`.
#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum Program {
    One(String),
    Several(BTreeMap<String, String>),
}

impl Program {
    fn of(mut texts: BTreeMap<String, String>) -> Program {
        match (texts.len(), texts.remove("lib.rs")) {
            (1, Some(text)) => Program::One(text),
            (_, Some(text)) => {
                texts.insert("lib.rs".to_owned(), text);
                Program::Several(texts)
            }
            (_, None) => Program::Several(texts),
        }
    }

    fn into_files(self) -> Files {
        let texts = match self {
            Program::One(text) => BTreeMap::from([("lib.rs".to_owned(), text)]),
            Program::Several(texts) => texts,
        };
        texts.into_iter().map(|(name, text)| (name, text.into_bytes())).collect()
    }
}

pub fn progress(screen: &Screen, course: &Course, progress: Progress, way: &Direction) -> Result<()> {
    match way {
        Direction::Export { file } => {
            let luggage = pack(screen, course, &progress)?;
            let Some(file) = file else { return screen.json(&luggage) };
            let text = serde_json::to_string_pretty(&luggage)? + "\n";
            replace(file, text.as_bytes())?;
            screen.say(&format!("your progress and programs are in {}", file.display()))
        }
        Direction::Import { file } => take_in(screen, course, progress, file),
    }
}

fn pack(screen: &Screen, course: &Course, progress: &Progress) -> Result<Luggage> {
    let mut programs = BTreeMap::new();
    for exercise in &course.exercises {
        let shipped = sources::shipped(course, exercise)?;
        let mut texts = BTreeMap::new();
        for (name, bytes) in sources::own(course, exercise)? {
            // The exercise's own `main` is there already.
            let is_own_main =
                name == "main.rs" && shipped.as_ref().is_none_or(|it| it.get(&name) == Some(&bytes));
            match String::from_utf8(bytes) {
                _ if is_own_main => {}
                Ok(text) => drop(texts.insert(name, text)),
                Err(_) => {
                    let file = exercise.dir.join("src").join(name);
                    screen.note(&format!("{} is not UTF-8, so it is left out", file.display()));
                }
            }
        }
        if !texts.is_empty() {
            programs.insert(exercise.name.clone(), Program::of(texts));
        }
    }
    Ok(Luggage { progress: serde_json::to_value(progress)?, programs })
}

fn take_in(screen: &Screen, course: &Course, mut progress: Progress, file: &Path) -> Result<()> {
    let (theirs, programs) = unpack(file)?;
    // All is looked at before anything is changed.
    let mut wanted = Vec::new();
    for (name, program) in programs {
        let names = |it: &&Exercise| it.name == name || it.about.formerly.contains(&name);
        let Some(exercise) = course.exercises.iter().find(names) else {
            screen.note(&format!("{name} is not in this workbook; its program stays in the file"));
            continue;
        };
        let files = program.into_files();
        if let Some(bad) = files.keys().find(|it| sources::place(Path::new("src"), it).is_none()) {
            bail!("{}: `{bad}` is not a valid file name for {name}; nothing was changed", file.display());
        }
        sources::own(course, exercise).context("nothing was changed")?;
        wanted.push((exercise, files));
    }
    let mut changed = 0;
    for (exercise, files) in wanted {
        let before = sources::own(course, exercise)?;
        for kept in original::replace_all(course, exercise, &files)? {
            screen.say(&format!("{}: your file is kept as {}", exercise.name, kept.display()))?;
        }
        changed += usize::from(sources::own(course, exercise)? != before);
    }
    progress.merge(theirs)?;
    let tally = progress.tally(course);
    screen.say(&format!(
        "imported: {changed} programs; {} of {} exercises have passed",
        tally.passed, tally.exercises
    ))
}

fn unpack(file: &Path) -> Result<(Progress, BTreeMap<String, Program>)> {
    let bytes = fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
    let luggage = decoded(&bytes).and_then(|text| serde_json::from_str::<Luggage>(&text).ok());
    let luggage = luggage.and_then(|luggage| {
        let progress = Progress::parse(&serde_json::to_vec(&luggage.progress).ok()?)?;
        Some((progress, luggage.programs))
    });
    luggage.with_context(|| {
        format!("{} was not written by `cargo checker progress export`; nothing was changed", file.display())
    })
}

/// The text of a file that a shell wrote: PowerShell's `>` makes UTF-16 of it, or puts a byte order mark first.
fn decoded(bytes: &[u8]) -> Option<String> {
    let words = |read: fn([u8; 2]) -> u16| {
        let words: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| read([pair[0], pair[1]])).collect();
        String::from_utf16(&words).ok()
    };
    match bytes {
        [0xFF, 0xFE, ..] => words(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => words(u16::from_be_bytes),
        _ => String::from_utf8(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).to_vec()).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_powershell_wrote_is_read() {
        let utf16 =
            |order: fn(u16) -> [u8; 2]| "\u{FEFF}{\"ä\"".encode_utf16().flat_map(order).collect::<Vec<u8>>();
        for bytes in [
            utf16(u16::to_le_bytes),
            utf16(u16::to_be_bytes),
            "\u{FEFF}{\"ä\"".as_bytes().to_vec(),
            "{\"ä\"".as_bytes().to_vec(),
        ] {
            assert_eq!(decoded(&bytes).as_deref(), Some("{\"ä\""));
        }
    }
}
