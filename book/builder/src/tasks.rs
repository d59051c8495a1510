//! The exercises' tasks as pages of the book, below the lesson that they belong to.

use anyhow::{Context, Result};
use mdbook_driver::book::{Book, BookItem, Chapter, SectionNumber};
use std::fs;
use std::path::Path;

/// An exercise as the book shows it.
struct Exercise {
    name: String,
    /// Where it stands in its lesson: the warm-up comes first.
    place: (bool, i64),
    task: String,
}

/// Puts the task of each exercise behind its lesson. Returns how many there are.
pub(crate) fn add(book: &mut Book, workbook: &Path) -> Result<usize> {
    let mut added = 0;
    for item in &mut book.items {
        let BookItem::Chapter(lesson) = item else { continue };
        let Some(folder) = lesson.path.as_ref().and_then(|path| path.parent()) else { continue };
        if folder.as_os_str().is_empty() {
            continue;
        }
        let exercises = exercises(&workbook.join("exercises").join(folder))?;
        for (index, exercise) in exercises.iter().enumerate() {
            let page = format!("{}.md", exercise.name);
            // The lesson's own list of exercises leads there.
            let (named, linked) =
                (format!(". `{}`", exercise.name), format!(". [`{}`]({page})", exercise.name));
            lesson.content = lesson.content.replacen(&named, &linked, 1);
            let title = exercise.task.lines().next().unwrap_or_default().trim_start_matches("# ");
            let mut chapter =
                Chapter::new(title, exercise.task.clone(), folder.join(&page), vec![lesson.name.clone()]);
            // There is no such file among the lessons.
            chapter.source_path = None;
            chapter.number = lesson.number.as_ref().map(|number| {
                SectionNumber::new(number.iter().copied().chain([index as u32 + 1]).collect::<Vec<u32>>())
            });
            lesson.sub_items.push(BookItem::Chapter(chapter));
            added += 1;
        }
    }
    Ok(added)
}

/// The exercises of one lesson, in their order.
fn exercises(folder: &Path) -> Result<Vec<Exercise>> {
    let entries = fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))?;
    let mut exercises = Vec::new();
    for entry in entries {
        let folder = entry?.path();
        // What else lies there is not ours.
        let (Ok(manifest), Ok(task)) =
            (fs::read_to_string(folder.join("Cargo.toml")), fs::read_to_string(folder.join("README.md")))
        else {
            continue;
        };
        let path = folder.display();
        let manifest: toml::Table =
            toml::from_str(&manifest).with_context(|| format!("{path}/Cargo.toml can't be understood"))?;
        let package = manifest.get("package").with_context(|| format!("{path}/Cargo.toml: no [package]"))?;
        let name = package.get("name").and_then(toml::Value::as_str);
        let name = name.with_context(|| format!("{path}/Cargo.toml: no name"))?.to_owned();
        let about = package.get("metadata").and_then(|it| it.get("workbook"));
        let about = about.with_context(|| format!("{path}/Cargo.toml: no [package.metadata.workbook]"))?;
        let is_warm_up = about.get("kind").and_then(toml::Value::as_str) == Some("warm-up");
        let order = about.get("order").and_then(toml::Value::as_integer).unwrap_or(i64::MAX);
        exercises.push(Exercise { name, place: (!is_warm_up, order), task });
    }
    exercises.sort_by(|a, b| (a.place, &a.name).cmp(&(b.place, &b.name)));
    Ok(exercises)
}
