//! A lesson's chapter as text for a terminal. It is written for the book, which takes in listings and figures.

use crate::course::{Course, Exercise};
use crate::files::read_text;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// What is shown in a book and not in a terminal.
const TAGS: [&str; 6] = [
    "<figure class=\"owns\">",
    "<figure class=\"lanes\">",
    "<figure class=\"chart\">",
    "</figure>",
    "<figcaption>",
    "</figcaption>",
];

/// The chapter that an exercise belongs to, as text.
pub fn lesson_text(course: &Course, exercise: &Exercise) -> Result<String> {
    let path = course.root.join(exercise.lesson());
    let text = read_text(&path).with_context(|| format!("{} has no lesson to show", exercise.name))?;
    Ok(in_words(&text, &path.with_file_name("")))
}

/// The chapter with its listings in it and its figures in words. `folder` is where it lies.
fn in_words(text: &str, folder: &Path) -> String {
    let mut words = String::new();
    for line in text.lines() {
        let included = line.trim().strip_prefix("{{#include ").and_then(|it| it.strip_suffix("}}"));
        let shown = match included {
            Some(it) if it.ends_with(".svg") => figure(&folder.join(it)),
            Some(it) if it.ends_with(".html") => "(A game in the book.)\n".to_owned(),
            Some(it) => listing(folder, it),
            None => TAGS.iter().fold(line.to_owned(), |line, tag| line.replace(tag, "")) + "\n",
        };
        if !shown.trim().is_empty() || line.trim().is_empty() {
            words.push_str(&shown);
        }
    }
    words
}

/// The part of a file that its anchor names, or all of it.
fn listing(folder: &Path, include: &str) -> String {
    let (file, anchor) = include.split_once(':').unwrap_or((include, ""));
    let text = fs::read_to_string(folder.join(file)).unwrap_or_default();
    let (begin, end) = (format!("// ANCHOR: {anchor}\n"), format!("// ANCHOR_END: {anchor}"));
    let part = text.split_once(&begin).and_then(|(_, rest)| rest.split_once(&end));
    part.map_or(text.as_str(), |(part, _)| part).to_owned()
}

/// What a drawing says of itself to those who can't see it.
fn figure(file: &Path) -> String {
    let svg = fs::read_to_string(file).unwrap_or_default();
    let said = |tag: &str| {
        let inside = svg.split_once(&format!("<{tag}>"))?.1.split_once(&format!("</{tag}>"))?.0;
        Some(inside.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&"))
    };
    let title = said("title").unwrap_or_default();
    let steps = said("desc").map(|steps| format!(" {steps}")).unwrap_or_default();
    format!("(Drawn in the book, which `cargo checker book` opens. {title}.{steps})\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::markdown::{Answers, rendered};
    use crate::show::style::Style;

    #[test]
    fn a_chapter_has_its_listings_and_figures_in_it() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lessons/02-producer-consumer");
        let text = fs::read_to_string(folder.join("README.md")).unwrap();
        let words = in_words(&text, &folder);
        assert!(words.contains("sender.send(page).unwrap(); // waits while two pages wait"), "{words}");
        assert!(words.contains("Deadlock: nothing can run any more. main waits for"), "{words}");
        let left = ["{{#", "ANCHOR", "<figure", "<svg"].into_iter().find(|it| words.contains(it));
        assert_eq!(left, None, "{words}");
        let page = rendered(&Style::of_width(80), &words, Answers::Folded("how"));
        assert!(!page.contains("no room for 3"), "the answer is given away");
        assert!(!page.contains("<details") && !page.contains("```"), "{page}");
    }
}
