//! What mdBook doesn't tell: a dead link, a missing anchor, a lesson without its exercises.

mod shelf;

use shelf::{anchors, exercises, lessons, nothing_in, prose, read, root, workbook};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The parts of a lesson, in their order.
const PARTS: [&str; 9] = [
    "From Python",
    "Who owns what",
    "The smallest right program",
    "Predict first",
    "The bug that compiles",
    "Choosing your tools",
    "The contract",
    WILD,
    "Exercises",
];
/// The chapter after the last lesson, in which all patterns meet.
const CAPSTONE: &str = "13-capstone";
/// The bonus at the end, which is no pattern.
const BONUS: &str = "14-orders";
/// The capstone's parts, in their order. It has no program that is the smallest, and one exercise.
const CAPSTONE_PARTS: [&str; 9] = [
    "From Python",
    "Who owns what",
    "What the patterns do to each other",
    "Predict first",
    "The bug that compiles",
    "Choosing an architecture",
    "The contract",
    "The way there",
    "Exercise",
];
/// The part on what people use for this at work; its words are not counted.
const WILD: &str = "In the wild";
const WORDS: std::ops::RangeInclusive<usize> = 700..=1_100;
const LESSONS: usize = 12;
/// The page on the parts of the language that the lessons need.
const RUST: &str = "rust-you-need.md";
/// Where a chapter links to another lesson's.
const TO_ANOTHER: &str = "](../";
/// The pages after the last lesson.
const AFTER: [&str; 4] = ["which-pattern.md", "side-by-side.md", "glossary.md", "take-it-home.md"];
/// How the paragraph begins that tells what the pattern is in async Rust.
const ASYNC: [&str; 2] = ["In async Rust", "**In async Rust**"];

/// Every page of the book, from the folder of the lessons, with its text.
fn pages() -> BTreeMap<PathBuf, String> {
    let mut pages: BTreeMap<_, _> =
        lessons().into_iter().map(|(name, text)| (Path::new(&name).join("README.md"), text)).collect();
    for page in ["SUMMARY.md", "README.md", RUST].into_iter().chain(AFTER) {
        pages.insert(page.into(), read(root().join(page)));
    }
    pages
}

/// What stands between `before` and `after`, wherever that is.
fn between<'a>(text: &'a str, before: &'a str, after: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(before).skip(1).filter_map(move |rest| Some(rest.split_once(after)?.0))
}

/// A text without what stands between backticks on a line.
fn without_code(text: &str) -> String {
    prose(text).split('`').step_by(2).collect::<Vec<_>>().concat()
}

#[test]
fn every_lesson_leads_to_another_one() {
    let page = format!("{TO_ANOTHER}{RUST}");
    for (lesson, text) in lessons() {
        let links = text.matches(TO_ANOTHER).count() - text.matches(&page).count();
        assert!(links > 0, "{lesson} names no other lesson's chapter");
    }
}

#[test]
fn every_include_and_its_anchor_is_there() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (page, text) in pages() {
        for include in between(&text, "{{#include ", "}}") {
            seen += 1;
            let (file, anchor) =
                include.split_once(':').map_or((include, None), |(file, it)| (file, Some(it)));
            // `3:` are the lines from the third.
            let anchor = anchor.filter(|it| !it.ends_with(':'));
            let file = root().join(&page).with_file_name("").join(file);
            let Ok(included) = fs::read_to_string(&file) else {
                wrong.push(format!("{}: there is no {include}", page.display()));
                continue;
            };
            let ends = |end: &str| included.lines().filter(|line| line.trim() == end).count();
            if let Some(it) = anchor
                && (ends(&format!("// ANCHOR: {it}")), ends(&format!("// ANCHOR_END: {it}"))) != (1, 1)
            {
                wrong.push(format!("{}: {include} needs the anchor once", page.display()));
            }
        }
        for other in between(&text, "{{#", "}}").filter(|it| !it.starts_with("include ")) {
            wrong.push(format!("{}: {{{{#{other}}}}} is not understood here", page.display()));
        }
    }
    nothing_in(wrong);
    assert!(seen > 20, "only {seen} includes were found");
}

#[test]
fn every_link_lands() {
    let mut wrong = Vec::new();
    for (page, text) in pages() {
        let text = without_code(&text);
        for link in between(&text, "](", ")") {
            if link.starts_with("https://") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { page.clone() } else { page.with_file_name("").join(file) };
            match fs::read_to_string(root().join(&target)) {
                Ok(text) if anchor.is_empty() || anchors(&text).contains(anchor) => {}
                Ok(_) => wrong.push(format!("{}: {link}: there is no such heading", page.display())),
                Err(_) => wrong.push(format!("{}: {link}: there is no such page", page.display())),
            }
        }
        for link in ["http://", "src=", "href="].into_iter().filter(|it| text.contains(it)) {
            wrong.push(format!("{}: `{link}` is not looked after by this test", page.display()));
        }
    }
    nothing_in(wrong);
}

#[test]
fn every_folder_that_a_lesson_names_is_there() {
    let mut wrong = Vec::new();
    for (page, text) in pages() {
        for top in ["exercises/", "solutions/", "lessons/"] {
            for rest in between(&prose(&text), &format!("`{top}"), "`") {
                if !workbook().join(top).join(rest).exists() {
                    wrong.push(format!("{}: there is no {top}{rest}", page.display()));
                }
            }
        }
    }
    nothing_in(wrong);
}

#[test]
fn the_table_of_contents_shows_the_whole_course() {
    let summary = read(root().join("SUMMARY.md"));
    let listed: Vec<_> = between(&summary, "](", "/README.md)").collect();
    let lessons = lessons();
    // The book numbers what is listed, so the place in the list is the lesson's number.
    assert_eq!(listed, lessons.keys().collect::<Vec<_>>());
    assert_eq!(lessons.len(), LESSONS + 2);
    assert_eq!(listed[LESSONS..], [CAPSTONE, BONUS]);
    for line in summary.lines().filter(|line| line.starts_with("- ")) {
        let lesson = between(line, "](", "/README.md)").next().unwrap();
        let title = line.trim_start_matches("- [").split(']').next().unwrap().trim();
        assert!(
            lessons[lesson].starts_with(&format!("# {title}\n")),
            "{lesson} is called {title} in SUMMARY.md"
        );
    }
}

#[test]
fn a_lesson_has_its_parts_in_order() {
    for (lesson, text) in lessons() {
        let prose = prose(&text);
        let parts: Vec<_> = prose.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        let wanted = if lesson == CAPSTONE { CAPSTONE_PARTS } else { PARTS };
        assert_eq!(parts, wanted, "{lesson}");
        assert!(
            text.contains("<details>") && text.contains("```python"),
            "{lesson} asks nothing or has no Python"
        );
    }
}

#[test]
fn a_lesson_names_the_rust_that_it_needs() {
    let pieces = anchors(&read(root().join(RUST)));
    let mut wrong = Vec::new();
    for (lesson, text) in lessons() {
        let start = text.split("\n## ").next().unwrap();
        let link = format!("../{RUST}#");
        let named: Vec<_> = between(start, &link, ")").collect();
        if named.is_empty() {
            wrong.push(format!("{lesson} links to no part of {RUST} before its first section; see lesson 2"));
        }
        let unknown = named.iter().filter(|piece| !pieces.contains(**piece));
        wrong.extend(unknown.map(|piece| format!("{lesson}: {RUST} has no part {piece}")));
    }
    nothing_in(wrong);
}

#[test]
fn a_lesson_is_neither_too_short_nor_too_long() {
    for (lesson, text) in lessons() {
        let wild = between(&text, &format!("## {WILD}"), "\n## ").map(words).sum::<usize>();
        let words = words(&text) - wild;
        assert!(
            WORDS.contains(&words),
            "{lesson} has {words} words, code not counted; {WORDS:?} are allowed"
        );
    }
}

/// How many words a reader reads, without code, figures and the signs of Markdown.
fn words(text: &str) -> usize {
    let text: String =
        prose(text).split("{{").map(|it| it.split_once("}}").map_or(it, |(_, rest)| rest)).collect();
    let text: String = text.split('<').map(|it| it.split_once('>').map_or(it, |(_, rest)| rest)).collect();
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

#[test]
fn no_page_is_to_come() {
    let mut wrong = Vec::new();
    for (page, text) in pages() {
        for words in ["to come)", "is to come.", "are to come.", "(coming", "TODO:", "to be written"] {
            if prose(&text).contains(words) {
                wrong.push(format!("{} says `{words}`", page.display()));
            }
        }
    }
    nothing_in(wrong);
}

#[test]
fn every_lesson_tells_what_its_pattern_is_in_async_rust() {
    let mut wrong = Vec::new();
    for (lesson, text) in lessons() {
        // The capstone has no such part. Its architectures are compared instead, and one of them is async.
        let (part, starts, least) = match &*lesson {
            CAPSTONE => ("Choosing an architecture", &["| async"][..], 10),
            _ => (WILD, &ASYNC[..], 20),
        };
        let part = between(&text, &format!("\n## {part}\n"), "\n## ").next().unwrap_or_default().to_owned();
        let lines: Vec<_> = part.lines().collect();
        let place = lines.iter().position(|line| starts.iter().any(|start| line.starts_with(start)));
        let said = place.map(|at| lines[at..].iter().take_while(|line| !line.is_empty()));
        let said = said.map(|lines| words(&lines.copied().collect::<Vec<_>>().join(" ")));
        if said.is_none_or(|words| words < least) {
            wrong.push(format!(
                "{lesson} has no paragraph that begins with one of {starts:?} ({said:?} words)"
            ));
        }
    }
    nothing_in(wrong);
}

#[test]
fn every_lesson_has_its_exercises_and_every_exercise_its_lesson() {
    let (lessons, exercises) = (lessons(), exercises());
    let mut wrong = Vec::new();
    for lesson in exercises.keys().filter(|lesson| !lessons.contains_key(*lesson)) {
        wrong.push(format!("exercises/{lesson} has no lesson"));
    }
    for (lesson, text) in &lessons {
        // `## Exercises`, or `## Exercise` where there is one.
        let section = text.rsplit("\n## Exercise").next().unwrap();
        let is_item = |line: &&str| line.starts_with(|c: char| c.is_ascii_digit());
        let items = section.lines().filter(is_item).map(|line| line.split('`').nth(1).unwrap_or_default());
        let named: BTreeSet<_> = items.collect();
        let there: BTreeSet<_> = exercises.get(lesson).into_iter().flatten().map(String::as_str).collect();
        if named != there {
            wrong.push(format!("lessons/{lesson} names {named:?}, and exercises/{lesson} has {there:?}"));
        }
        let least = if lesson == CAPSTONE { 1 } else { 3 };
        if there.len() < least {
            wrong.push(format!("exercises/{lesson} has {} exercises, of {least}", there.len()));
        }
    }
    nothing_in(wrong);
}

#[test]
fn what_an_exercise_says_of_its_lesson_is_in_the_lesson() {
    let mut wrong = Vec::new();
    for (lesson, names) in exercises() {
        for name in names {
            for file in ["README.md", "hints.md", "explanations.md"] {
                let path = workbook().join("exercises").join(&lesson).join(&name).join(file);
                let text = fs::read_to_string(&path)
                    .unwrap_or_default()
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ");
                for rest in between(&text, "lessons/", ".") {
                    let (to, topic) = rest.split_once(", on ").unwrap_or((rest, ""));
                    let to = to.split(|c: char| !c.is_alphanumeric() && c != '-').next().unwrap_or_default();
                    let Some(text) = lessons().remove(to) else {
                        wrong.push(format!("{name}/{file}: there is no lessons/{to}"));
                        continue;
                    };
                    let said = text.to_lowercase();
                    // The small words don't matter, nor does how a word ends.
                    let words = topic.split([' ', ',']).filter(|word| word.len() > 3);
                    for word in words.filter(|word| !said.contains(&stem(word))) {
                        wrong.push(format!("{name}/{file}: lessons/{to} has nothing on {topic} (`{word}`)"));
                    }
                }
            }
        }
    }
    nothing_in(wrong);
}

fn stem(word: &str) -> String {
    let word = word.to_lowercase();
    let cut = ["ing", "ed", "es", "s"].iter().find_map(|end| word.strip_suffix(end));
    cut.unwrap_or(&word).to_owned()
}

#[test]
fn every_listing_is_a_program_and_is_shown() {
    let manifest = read(root().join("Cargo.toml"));
    let mut wrong = Vec::new();
    for (lesson, text) in lessons() {
        for folder in ["listings", "figures"] {
            for entry in fs::read_dir(root().join(&lesson).join(folder)).unwrap() {
                let file = entry.unwrap().file_name().to_string_lossy().into_owned();
                // The record of a run is there to draw from.
                if !file.ends_with(".json") && !text.contains(&format!("{{{{#include {folder}/{file}")) {
                    wrong.push(format!("lessons/{lesson}/{folder}/{file} is not shown"));
                }
                if file.ends_with(".rs")
                    && !manifest.contains(&format!("path = \"{lesson}/{folder}/{file}\""))
                {
                    wrong.push(format!("lessons/Cargo.toml has no program {lesson}/{folder}/{file}"));
                }
            }
        }
    }
    nothing_in(wrong);
}

#[test]
fn the_pages_after_the_lessons_name_every_pattern() {
    for (lesson, text) in lessons() {
        let title = text.lines().next().unwrap().trim_start_matches("# ").to_lowercase();
        let choosing = read(root().join("which-pattern.md"));
        assert!(
            choosing.contains(&format!("({lesson}/README.md)")),
            "which-pattern.md does not link to {lesson}"
        );
        // All the others are patterns, and have a row.
        if lesson == CAPSTONE || lesson == BONUS {
            continue;
        }
        let first = title.split([' ', '-']).next().unwrap();
        let table = read(root().join("side-by-side.md")).to_lowercase();
        // In that table a pattern may have a shorter name.
        let last = title.rsplit([' ', '-']).next().unwrap();
        let has_row = table.lines().any(|line| {
            let name = line.trim_start_matches("| ").split(" |").next().unwrap_or_default();
            line.starts_with("| ") && (name.contains(first) || name.contains(last))
        });
        assert!(has_row, "side-by-side.md has no row for {title}");
    }
    let situations = read(root().join("which-pattern.md")).matches("<summary>Answer</summary>").count();
    assert_eq!(situations, LESSONS);
}
