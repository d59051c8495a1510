//! After passing: other programs for an exercise, side by side with the learner's own.

use crate::course::Exercise;
use crate::course::edition::Edition;
use crate::course::variant::{self, Expected};
use crate::files::read_text;
use anyhow::{Result, anyhow};
use colored::Colorize;
use similar::{ChangeTag, TextDiff};
use std::path::{Path, PathBuf};

/// A right program.
pub struct Choice {
    /// `solution`, or the file's name in `accepted/`.
    pub name: String,
    pub source: PathBuf,
    /// By what means it works, and when to choose that: the first lines of the file.
    pub words: String,
    /// All of its text.
    pub text: Result<String>,
}

/// The solution and the accepted variants; none where the class has none yet.
pub fn choices(root: &Path, exercise: &Exercise) -> Vec<Choice> {
    if Edition::read(root).and_then(|edition| edition.may_compare()).is_err() {
        return Vec::new();
    }
    let right = variant::of(root, exercise).into_iter().filter_map(Result::ok);
    let right = right.filter(|it| it.expected == Expected::Passed && it.source != exercise.source());
    right
        .map(|variant| {
            let source = variant.source;
            let stem = source.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let name = if stem == "lib" { "solution".to_owned() } else { stem };
            let text = read_text(&root.join(&source));
            let (words, _) = split(text.as_deref().unwrap_or_default());
            Choice { name, source, words, text }
        })
        .collect()
}

/// The difference between `own`, the learner's program, and `choice`: `-` is the learner's, `+` the other's.
///
/// # Errors
/// If the other program could not be read.
pub fn difference(exercise: &Exercise, own: &str, choice: &Choice) -> Result<String> {
    let other = choice.text.as_ref().map_err(|error| anyhow!("{error:#}"))?;
    let own = own.replace("\r\n", "\n");
    let diff = TextDiff::from_lines(split(&own).1, split(other).1);
    let mut text = format!(
        "{}\n{}\n",
        format!("- {}", exercise.source().display()).red(),
        format!("+ {}", choice.source.display()).green()
    );
    if split(&own).1 == split(other).1 {
        text += "No line differs.\n";
    }
    for group in diff.grouped_ops(3) {
        if let (Some(first), Some(last)) = (group.first(), group.last()) {
            let lines = format!("@ lines {} to {}", first.new_range().start + 1, last.new_range().end);
            text += &format!("{}\n", lines.dimmed());
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = change.value().trim_end_matches('\n');
            text += &match change.tag() {
                ChangeTag::Equal => format!("  {line}\n"),
                ChangeTag::Delete => format!("{}\n", format!("- {line}").red()),
                ChangeTag::Insert => format!("{}\n", format!("+ {line}").green()),
            };
        }
    }
    Ok(text)
}

/// The `//!` lines at the top, as one paragraph, and the program after them.
fn split(text: &str) -> (String, &str) {
    let mut rest = text;
    let mut words: Vec<&str> = Vec::new();
    while let Some(after) = rest.strip_prefix("//!") {
        let (line, next) = after.split_once('\n').unwrap_or((after, ""));
        // One paragraph: what follows an empty line is about the code.
        words.push(line.trim());
        rest = next;
    }
    let paragraph: Vec<&str> = words.into_iter().take_while(|line| !line.is_empty()).collect();
    let paragraph = paragraph.join(" ");
    let paragraph = paragraph.strip_prefix("accepted:").unwrap_or(&paragraph).trim().to_owned();
    (paragraph, rest.trim_start_matches('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_paragraph_says_when_to_choose_it() {
        let text =
            "//! accepted: a Condvar\n//! when you wait for more.\n//!\n//! Details.\n\nfn main() {}\n";
        assert_eq!(split(text), ("a Condvar when you wait for more.".to_owned(), "fn main() {}\n"));
    }
}
