//! The first part of TAKEN-HOME.md: a row for each crate, and what did not pass. It is read again, so that one crate can be run alone.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::Published;
use crate::reasons::REASONS;

const TABLE: &str = "\n## The table\n\n";
const COLUMNS: &str = "| crate | tests | passed | not passed | not simulated | ignored | schedules | every interleaving | explore | cargo test |\n\
                       |---|---|---|---|---|---|---|---|---|---|\n";
const FINDINGS: &str = "\n## What did not pass, and why\n\n";
/// Where the part of the other command begins.
const REST: &str = "\n## Other people's exercises\n";

/// What is known of a crate.
#[derive(Default)]
struct Entry {
    /// Its cells, behind its name.
    row: String,
    findings: Vec<Line>,
}

/// What was seen of a test, or of the crate as a whole. The reason is looked up when the page is written.
struct Line {
    /// Part of it is found by this.
    about: String,
    text: String,
}

/// What is known of each crate, by its name and version.
pub(crate) struct Known(BTreeMap<String, Entry>);

fn label(it: &Published) -> String {
    format!("{} {}", it.name, it.version)
}

/// The part of the page that the other command writes.
pub(crate) fn rest(page: &str) -> String {
    page.find(REST).map_or_else(String::new, |at| page[at..].to_owned())
}

impl Known {
    /// What a page says.
    pub(crate) fn read(page: &str) -> Self {
        let page = page.split(REST).next().unwrap_or_default();
        let mut known: BTreeMap<String, Entry> = BTreeMap::new();
        for line in page.lines() {
            let mut cells = line.trim_matches('|').splitn(2, " | ");
            let (name, row) = (cells.next().unwrap_or_default().trim(), cells.next().unwrap_or_default());
            let is_row = line.starts_with("| ") && name.contains(' ') && !row.starts_with("not run yet");
            if is_row {
                known.entry(name.to_owned()).or_default().row = row.trim().to_owned();
            }
        }
        for line in page.lines().filter(|line| line.starts_with("- `")) {
            let mut parts = line.split('`');
            let (Some(name), Some(test)) = (parts.nth(1), parts.nth(1)) else { continue };
            let of = known.iter_mut().find(|(label, _)| label.split(' ').next() == Some(name));
            if let Some((_, entry)) = of {
                entry.findings.push(Line { about: test.to_owned(), text: line.to_owned() });
            }
        }
        Self(known)
    }

    pub(crate) fn has(&self, it: &Published) -> bool {
        self.0.contains_key(&label(it))
    }

    /// A crate has been run.
    ///
    /// # Errors
    /// The result is not one of ours.
    pub(crate) fn learn(&mut self, it: &Published, result: &Value) -> Result<()> {
        let entry = match result["refused"].as_str() {
            Some(why) => Entry { row: format!("not run: {why} | | | | | | | |"), findings: Vec::new() },
            None => explored(it, result)?,
        };
        self.0.insert(label(it), entry);
        Ok(())
    }

    /// The first part of the page.
    pub(crate) fn page(&self, crates: &[Published]) -> String {
        let mut page = String::from(include_str!("head.md")) + TABLE;
        page += COLUMNS;
        let mut findings = String::new();
        for it in crates {
            let label = label(it);
            let Some(entry) = self.0.get(&label) else {
                page += &format!("| {label} | not run yet | | | | | | | | |\n");
                continue;
            };
            page += &format!("| {label} | {} |\n", entry.row);
            if entry.row.starts_with("not run")
                && let Some(why) = reason(&it.name, "")
            {
                findings += &format!("- `{}`, as a whole\n  **{why}**\n", it.name);
            }
            for Line { about, text } in &entry.findings {
                let why = reason(&it.name, about).unwrap_or("not looked into yet");
                findings += &format!("{text}\n  **{why}**\n");
            }
        }
        page += FINDINGS;
        page += if findings.is_empty() { "Nothing.\n" } else { &findings };
        page
    }
}

fn reason(name: &str, test: &str) -> Option<&'static str> {
    let is_it =
        |of: &&(&str, &str, &str)| of.0 == name && of.1.is_empty() == test.is_empty() && test.contains(of.1);
    REASONS.iter().find(is_it).map(|(_, _, why)| *why)
}

fn explored(it: &Published, result: &Value) -> Result<Entry> {
    let tests = result["explored"]["tests"].as_array().context("an exploration has tests")?;
    let is = |test: &Value, states: &[&str]| states.contains(&test["state"].as_str().unwrap_or_default());
    let count = |states: &[&str]| tests.iter().filter(|test| is(test, states)).count();
    let tried: u64 = tests.iter().filter_map(|test| test["schedules"].as_u64()).sum();
    let whole = tests.iter().filter(|test| test["interleavings"].is_u64()).count();
    let seconds = |value: &Value| {
        value.as_u64().map_or("too long".to_owned(), |ms| format!("{:.1} s", ms as f64 / 1000.0))
    };
    let wrong = ["failed", "undecided", "not-repeatable"];
    let row = format!(
        "{} | {} | {} | {} | {} | {tried}, at most {} of a test | {whole} | {} | {}",
        tests.len(),
        count(&["passed"]),
        count(&wrong),
        count(&["not-simulated"]),
        count(&["ignored"]),
        result["each"],
        seconds(&result["explored"]["duration_ms"]),
        seconds(&result["cargo_ms"]),
    );
    let mut findings: Vec<Line> =
        tests.iter().filter(|test| is(test, &wrong)).map(|test| told(it, test)).collect();
    let not_run = result["explored"]["not_run"].as_array().map(Vec::as_slice).unwrap_or_default();
    findings.extend(not_run.iter().filter_map(|part| not_compiled(it, part)));
    Ok(Entry { row, findings })
}

/// A test program that does not compile over the simulated std; doctests and such are not told one by one.
fn not_compiled(it: &Published, part: &Value) -> Option<Line> {
    let (what, why) = (part["what"].as_str()?, part["why"].as_str()?);
    let about = what.replace('`', "");
    let text = format!("- `{}` `{about}`: {}", it.name, one_line(why));
    why.contains("does not compile").then_some(Line { about, text })
}

/// One finding.
fn told(it: &Published, test: &Value) -> Line {
    let text = |value: &Value| one_line(value.as_str().unwrap_or_default());
    let (name, finding) = (text(&test["name"]), &test["finding"]);
    let text = format!(
        "- `{}` `{name}`: {}, in {} of {} schedules, seed {}. {}",
        it.name,
        text(&finding["kind"]),
        test["wrong"],
        test["schedules"],
        finding["seed"],
        text(&finding["message"]),
    );
    Line { about: name, text }
}

/// Short, and without what Markdown would take for a row.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace('|', "\\|").chars().take(240).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::path::PathBuf;

    fn published(name: &str) -> Published {
        Published { name: name.to_owned(), version: "1.0.0".to_owned(), folder: PathBuf::new() }
    }

    #[test]
    fn a_crate_that_is_not_run_again_keeps_what_the_page_says_of_it() {
        let crates = [published("one"), published("two"), published("three")];
        let test = json!({
            "name": "t", "state": "failed", "schedules": 7, "wrong": 2,
            "finding": { "kind": "race", "seed": 3, "message": "a | b\nc" },
        });
        let result =
            json!({ "explored": { "tests": [test], "duration_ms": 1500 }, "each": 7, "cargo_ms": 10 });
        let mut known = Known(BTreeMap::new());
        known.learn(&crates[0], &result).unwrap();
        known.learn(&crates[1], &json!({ "refused": "it does not compile" })).unwrap();
        let page = known.page(&crates);
        assert!(
            page.contains("| one 1.0.0 | 1 | 0 | 1 | 0 | 0 | 7, at most 7 of a test | 0 | 1.5 s | 0.0 s |\n"),
            "{page}"
        );
        assert!(page.contains("- `one` `t`: race, in 2 of 7 schedules, seed 3. a \\| b c\n"), "{page}");
        assert!(page.contains("| three 1.0.0 | not run yet |"), "{page}");
        let read = Known::read(&page);
        assert_eq!(read.page(&crates), page);
        assert!(read.has(&crates[1]) && !read.has(&crates[2]));
    }
}
