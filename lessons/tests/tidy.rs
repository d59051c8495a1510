//! What mdBook doesn't tell: a dead link, a missing anchor, a lesson without its exercises.

use serde::Deserialize;
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

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn workbook() -> PathBuf {
    root().join("..")
}

fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of the folders in a folder, sorted.
fn folders(path: &Path) -> Vec<String> {
    let entries = fs::read_dir(path).into_iter().flatten().map(Result::unwrap);
    let folders = entries.filter(|entry| entry.path().is_dir());
    let mut names: Vec<_> = folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The folders of the lessons and of the capstone, with their text.
fn lessons() -> BTreeMap<String, String> {
    let numbered = |name: &String| name.as_bytes().first().is_some_and(u8::is_ascii_digit);
    let folders = folders(&root()).into_iter().filter(numbered);
    folders.map(|name| (name.clone(), read(root().join(name).join("README.md")))).collect()
}

/// Every page of the book, from the folder of the lessons, with its text.
fn pages() -> BTreeMap<PathBuf, String> {
    let mut pages: BTreeMap<_, _> =
        lessons().into_iter().map(|(name, text)| (Path::new(&name).join("README.md"), text)).collect();
    for page in ["SUMMARY.md", "README.md", RUST].into_iter().chain(AFTER) {
        pages.insert(page.into(), read(root().join(page)));
    }
    pages
}

/// Exercises by lesson, both as folders.
fn exercises() -> BTreeMap<String, Vec<String>> {
    let top = workbook().join("exercises");
    let of = |lesson: String| {
        let inside = folders(&top.join(&lesson)).into_iter();
        let exercises =
            inside.filter(|name| top.join(&lesson).join(name).join("Cargo.toml").is_file()).collect();
        (lesson, exercises)
    };
    folders(&top).into_iter().map(of).collect()
}

/// What stands between `before` and `after`, wherever that is.
fn between<'a>(text: &'a str, before: &'a str, after: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(before).skip(1).filter_map(move |rest| Some(rest.split_once(after)?.0))
}

/// A text without its blocks of code, in which nothing is a link.
fn prose(text: &str) -> String {
    let outside = text.split("```").step_by(2);
    outside.collect::<Vec<_>>().concat()
}

/// A text without what stands between backticks on a line.
fn without_code(text: &str) -> String {
    prose(text).split('`').step_by(2).collect::<Vec<_>>().concat()
}

/// The anchors that mdBook gives the headings of a page.
fn anchors(text: &str) -> BTreeSet<String> {
    let prose = prose(text);
    let headings = prose
        .lines()
        .filter_map(|line| line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#')));
    let slug = |heading: &str| -> String {
        let kept = heading.trim().to_lowercase();
        kept.chars()
            .filter(|c| c.is_alphanumeric() || "-_ ".contains(*c))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect()
    };
    headings.map(slug).collect()
}

#[track_caller]
fn nothing_in(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
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
fn a_plain_build_leaves_out_the_crates_that_people_use_at_work() {
    const CRATE: &str = "lessons/wild";
    let manifest: toml::Table = toml::from_str(&read(workbook().join("Cargo.toml"))).unwrap();
    let listed = |key: &str| -> Vec<&str> {
        manifest["workspace"][key].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect()
    };
    assert!(listed("members").contains(&CRATE));
    let plain = listed("default-members");
    assert!(plain.len() > 50 && !plain.contains(&CRATE));
    // Nor does one of the others need it.
    for member in plain {
        let manifest: toml::Table =
            toml::from_str(&read(workbook().join(member).join("Cargo.toml"))).unwrap();
        for key in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let needed = manifest.get(key).and_then(|it| it.get("wild"));
            assert!(needed.is_none(), "{member} needs {CRATE}");
        }
    }
    assert!(read(workbook().join(".ci/run")).contains("cargo test --quiet -p wild"));
}

/// What is said of the course as a whole, which `cargo checker list` shows.
#[derive(Deserialize)]
struct Overview {
    /// The minutes that a learner needs to read a chapter.
    chapter: u32,
    needs: BTreeMap<String, String>,
    ways: Vec<Way>,
}

#[derive(Deserialize)]
struct Way {
    name: String,
    takes: String,
    does: String,
}

fn overview() -> Overview {
    toml::from_str(&read(root().join("course.toml"))).unwrap()
}

/// The numbers in a text, in their order.
fn numbers(text: &str) -> Vec<u32> {
    text.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect()
}

/// The minutes of an exercise, as its `Cargo.toml` has them.
fn minutes(lesson: &str, exercise: &str) -> u32 {
    let manifest = read(workbook().join("exercises").join(lesson).join(exercise).join("Cargo.toml"));
    let line = manifest.lines().find_map(|line| line.strip_prefix("minutes = ")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn the_introduction_shows_the_whole_course_with_its_times_and_needs() {
    let (introduction, exercises) = (read(root().join("README.md")), exercises());
    let overview = overview();
    let mut wrong = Vec::new();
    for (lesson, text) in lessons() {
        let number: u32 = lesson.split('-').next().unwrap().parse().unwrap();
        let title = text.lines().next().unwrap().trim_start_matches("# ");
        let start = format!("| {number} | [{title}]({lesson}/README.md) | ");
        let Some(row) = introduction.lines().find_map(|line| line.strip_prefix(&start)) else {
            wrong.push(format!("no row of the table begins with {start}"));
            continue;
        };
        let inside = exercises.get(&lesson).into_iter().flatten();
        let minutes = overview.chapter + inside.map(|exercise| minutes(&lesson, exercise)).sum::<u32>();
        // To the nearest half an hour.
        let halves = (minutes + 15) / 30;
        let time = format!("{}{} h", halves / 2, if halves % 2 == 1 { "½" } else { "" });
        let (shown, row) = row.split_once(" | ").unwrap();
        if shown != time {
            wrong.push(format!(
                "the chapter and the exercises of {lesson} take {time} ({minutes} min): {row}"
            ));
        }
        let needs = overview.needs.get(&number.to_string()).map_or("", String::as_str);
        if row.split('|').next().unwrap().trim() != needs {
            wrong.push(format!("course.toml says that {lesson} needs `{needs}`: {row}"));
        }
        if numbers(needs).into_iter().any(|it| it >= number) {
            wrong.push(format!("{lesson} needs a lesson that comes later: {needs}"));
        }
    }
    nothing_in(wrong);
}

#[test]
fn the_introduction_and_the_readme_show_the_ways_through_the_course() {
    let introduction = read(root().join("README.md"));
    let section = introduction.split("\n## Ways through\n").nth(1).expect("a section on the ways");
    let shown: Vec<_> = section.trim().split("\n\n").collect();
    let ways = overview().ways;
    assert_eq!(shown.len(), ways.len(), "each way has a paragraph");
    let readme = read(workbook().join("README.md"));
    for (way, shown) in ways.iter().zip(shown) {
        let start = format!("**{}** ({}).", way.name, way.takes);
        assert!(shown.starts_with(&start), "{start} {shown}");
        assert_eq!(numbers(shown), numbers(&way.does), "{shown}");
        let row = format!("| {} | {} | {} |", way.name, way.takes, way.does);
        assert!(readme.contains(&row), "README.md has no row {row}");
    }
    assert!(
        readme.contains("](lessons/README.md#the-course)") && anchors(&introduction).contains("the-course")
    );
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
