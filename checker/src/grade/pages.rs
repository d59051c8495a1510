//! A page for each learner: what was promised, what happened, where, and how to see it again. Nothing of our source is on it,
//! and what a learner may see is a list of what is allowed.

use super::html::Page;
use super::marks::{Mark, State};
use super::plan::Folder;
use super::record::{Clause, Outcome, Record};
use super::tables::number;
use crate::course::{Course, Exercise};
use crate::files::replace;
use crate::show::sources::Sources;
use crate::show::svg;
use crate::verdict::{Check, Finding, Replayed};
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// The most of a text that is shown: nobody reads more, and a page has to open.
const TEXT: usize = 4_000;

/// Writes the page of one submission; the file's name is its id.
///
/// # Errors
/// If a contract can't be read or the disk says no.
pub fn learner(
    course: &Course,
    folder: &Folder,
    id: &str,
    records: &[&Record],
    marks: &[&Mark],
) -> Result<PathBuf> {
    let mut page = Page::new(&format!("Submission {id}"), "");
    overview(&mut page, records, marks);
    for record in records {
        let exercise = course.exercise(&record.exercise)?;
        exercise_part(&mut page, course, folder, exercise, record)?;
    }
    let path = folder.0.join("pages").join("learners").join(format!("{id}.html"));
    fs::create_dir_all(path.parent().unwrap_or(&path)).context("the folder for pages could not be made")?;
    replace(&path, page.end().as_bytes())?;
    Ok(path)
}

fn overview(page: &mut Page, records: &[&Record], marks: &[&Mark]) {
    page.markup("<div class=\"wide\"><table><tr><th>Exercise<th>Result<th>Points<th>Taken off<th>Mark<th>Of<th>Why</tr>");
    for record in records {
        let Some(mark) = marks.iter().find(|mark| mark.exercise == record.exercise) else { continue };
        page.markup("<tr>").element("td", &record.exercise).element("td", mark.state.name());
        for points in [mark.raw, mark.penalty, mark.r#final, Some(mark.max)] {
            page.element("td class=\"n\"", &number(points));
        }
        page.element("td", &mark.reason).markup("</tr>");
    }
    page.markup("</table></div>");
    if marks.iter().any(|mark| mark.state == State::Undecided) {
        page.element(
            "p",
            "Undecided is not a mark: nothing could be proven, and it is not counted. Your instructor knows of it.",
        );
    }
}

fn exercise_part(
    page: &mut Page,
    course: &Course,
    folder: &Folder,
    exercise: &Exercise,
    record: &Record,
) -> Result<()> {
    page.element("h2", &exercise.about.title);
    let clauses = match &record.outcome {
        Outcome::NotSubmitted => {
            page.element("p class=\"dim\"", "Nothing was handed in.");
            return Ok(());
        }
        Outcome::Undecided { reason } => {
            page.element("p class=\"undecided\"", &cut(reason));
            return Ok(());
        }
        Outcome::Refused { finding } => {
            page.element("p class=\"broken\"", finding.kind.name()).element("pre", &cut(&finding.message));
            return Ok(());
        }
        Outcome::Judged { clauses } => clauses,
    };
    let contract = exercise.contract(&course.root)?;
    page.markup("<ol>");
    for (number, clause) in clauses {
        let promise = contract.get(*number as usize - 1).map(String::as_str).unwrap_or_default();
        let (class, word) = words(clause);
        page.markup("<li>")
            .element(&format!("b class=\"{class}\""), &word)
            .markup(" ")
            .text(&plain(promise))
            .markup("</li>");
    }
    page.markup("</ol>");
    let mut told: BTreeSet<String> = BTreeSet::new();
    for check in &record.checks {
        let Some(finding) = &check.finding else { continue };
        // One thing to understand is explained once.
        if told.insert(finding.topic()) {
            finding_part(page, folder, record, check, finding);
        }
    }
    Ok(())
}

/// The class and the word for a clause's state.
pub fn words(clause: &Clause) -> (&'static str, String) {
    match clause {
        Clause::Kept => ("kept", "kept".to_owned()),
        Clause::Broken { kind, .. } => ("broken", format!("broken: {kind}")),
        Clause::NotReached { because } => ("not-reached", format!("not reached, because of {because}")),
    }
}

/// Markdown's signs taken off: a promise is a sentence here.
fn plain(promise: &str) -> String {
    promise.replace("**", "").replace('`', "")
}

fn cut(text: &str) -> String {
    let mut cut: String = text.chars().take(TEXT).collect();
    if cut.len() < text.len() {
        cut.push_str(" …");
    }
    cut
}

fn finding_part(page: &mut Page, folder: &Folder, record: &Record, check: &Check, finding: &Finding) {
    page.element("h3 class=\"broken\"", &format!("Clause {}: {}", check.clause, finding.kind));
    page.element("p", &cut(&finding.message));
    if let Some(input) = &finding.input {
        page.markup("<p>Input: ").element("code", &cut(input)).markup("</p>");
    }
    if !finding.threads.is_empty() {
        page.markup("<ul>");
        for thread in &finding.threads {
            let place = thread.file.as_ref().zip(thread.line).map(|(file, line)| format!(", {file}:{line}"));
            let waits = thread.waiting_for.as_ref().map(|it| format!(", waits for {it}"));
            let line = [Some(thread.name.clone()), place, waits].into_iter().flatten().collect::<String>();
            page.element("li", &cut(&line));
        }
        page.markup("</ul>");
    }
    let Some(seed) = finding.seed else { return };
    if finding.schedule.as_ref().is_some_and(|schedule| !schedule.events.is_empty()) {
        let replayed = Replayed::of(&record.exercise, check.clone(), seed);
        let root = folder.frozen(&record.id, &record.exercise);
        // What is drawn is escaped where it is drawn.
        page.markup("<div class=\"wide\">");
        let sources = Sources::of_steps(root.parent().unwrap_or(&root), &replayed.events);
        page.markup(&svg::draw(&sources, &replayed)).markup("</div>");
    }
    page.markup("<p>To see it again on your machine: ")
        .element("code", &format!("cargo checker replay {} {} --seed {seed}", record.exercise, check.name));
    page.markup("</p>");
}
