//! A page for each learner: what was promised, what happened, where, and how to see it again. Nothing of our source is on it,
//! and what a learner may see is a list of what is allowed.

use super::assignment::{Part, Shows};
use super::graded::Graded;
use super::html::Page;
use super::marks::{Mark, State};
use super::people::Member;
use super::record::{Clause, Outcome, Record};
use super::requests::Requests;
use super::tables::number;
use crate::course::{Course, Exercise};
use crate::files::secret;
use crate::show::markdown::unstressed;
use crate::show::sources::Sources;
use crate::show::svg;
use crate::verdict::{Check, Finding, Replayed, Step};
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::fs;

/// The most of a text that is shown: nobody reads more, and a page has to open.
const TEXT: usize = 4_000;
/// The most steps that are drawn; a longer schedule is for `replay`.
const STEPS: usize = 120;

/// Writes the page of one person, for the owner's eyes only; the file's name is an id that nobody can guess.
///
/// # Errors
/// If a contract or a record can't be read, or the disk says no.
pub fn learner(course: &Course, graded: &Graded, requests: &Requests, member: &Member) -> Result<()> {
    let title = &graded.rules.assignment.title;
    let title = if title.is_empty() { "Your programs" } else { title };
    let mut page = Page::new(title, "");
    page.element("p class=\"dim\"", &format!("Submission {}", member.id));
    let marks: Vec<&Mark> = graded.marks_of(&member.id).collect();
    overview(&mut page, &marks);
    for request in requests.of(&member.id) {
        page.element("h3", &format!("Request {}: {}", request.number, request.exercise));
        page.element("p", &format!("{} ({})", request.reason, request.state.name()));
        if !request.answer.is_empty() {
            page.element("p", &format!("Answer: {}", request.answer));
        }
    }
    for mark in &marks {
        let exercise = course.exercise(&mark.place.exercise)?;
        let record = graded.verdicts.get(&mark.place).map(|_| graded.record(&mark.place)).transpose()?;
        match record {
            Some(record) => exercise_part(&mut page, course, graded, exercise, &record)?,
            None => nothing(&mut page, exercise),
        }
    }
    let path = graded.folder.0.join("pages").join("learners").join(format!("{}.html", member.id));
    fs::create_dir_all(path.parent().unwrap_or(&path)).context("the folder for pages could not be made")?;
    secret(&path, page.end().as_bytes())
}

fn overview(page: &mut Page, marks: &[&Mark]) {
    page.markup("<div class=\"wide\"><table><tr><th>Exercise<th>Result<th>Points<th>Taken off<th>Mark<th>Of<th>Why</tr>");
    for mark in marks {
        page.markup("<tr>").element("td", &mark.place.exercise).element("td", mark.state.name());
        for points in [mark.raw, mark.penalty, mark.r#final, Some(mark.max)] {
            page.element("td class=\"n\"", &number(points));
        }
        page.element("td class=\"why\"", &cut(&mark.reason)).markup("</tr>");
    }
    page.markup("</table></div>");
    if marks.iter().any(|mark| mark.state == State::Undecided) {
        page.element(
            "p",
            "Undecided is not a mark: nothing could be proven, and nothing counts against you. Your instructor knows about it.",
        );
    }
}

fn nothing(page: &mut Page, exercise: &Exercise) {
    page.element("h2", &exercise.about.title).element("p class=\"dim\"", "Nothing was handed in.");
}

fn exercise_part(
    page: &mut Page,
    course: &Course,
    graded: &Graded,
    exercise: &Exercise,
    record: &Record,
) -> Result<()> {
    let shows = &graded.rules.assignment.shows;
    let clauses = match &record.outcome {
        Outcome::NotSubmitted => {
            nothing(page, exercise);
            return Ok(());
        }
        Outcome::Undecided { .. } => {
            page.element("h2", &exercise.about.title);
            // Why is for the instructor: it may name things of this machine.
            page.element("p class=\"undecided\"", "undecided");
            return Ok(());
        }
        Outcome::Refused { finding } => {
            page.element("h2", &exercise.about.title).element("p class=\"broken\"", finding.kind.name());
            if shows.has(Part::Evidence) {
                page.element("pre", &cut(&finding.message));
            }
            return Ok(());
        }
        Outcome::Judged { clauses } => clauses,
    };
    page.element("h2", &exercise.about.title);
    if shows.has(Part::Clauses) {
        promises(page, &exercise.contract(&course.root)?, clauses);
    }
    let mut told: BTreeSet<String> = BTreeSet::new();
    for check in record.checks.iter().filter(|check| !shows.hides(&record.exercise, &check.name)) {
        let Some(finding) = &check.finding else { continue };
        // One thing to understand is explained once.
        if told.insert(finding.topic()) {
            finding_part(page, graded, record, check, finding);
        }
    }
    Ok(())
}

fn promises(page: &mut Page, contract: &[String], clauses: &[(u32, Clause)]) {
    page.markup("<ol>");
    for (number, clause) in clauses {
        let promise = contract.get(*number as usize - 1).map(String::as_str).unwrap_or_default();
        let (class, word) = words(clause);
        page.markup("<li>")
            .element(&format!("b class=\"{class}\""), &word)
            .markup(" ")
            .prose(promise)
            .markup("</li>");
    }
    page.markup("</ol>");
}

/// The class and the word for a clause's state.
pub fn words(clause: &Clause) -> (&'static str, String) {
    match clause {
        Clause::Kept => ("kept", "kept".to_owned()),
        Clause::Broken { kind, .. } => ("broken", format!("broken: {kind}")),
        Clause::NotReached { because } => ("not-reached", format!("not reached, because of {because}")),
        Clause::NotJudged { because } => {
            ("not-reached", format!("not judged: the first finding was {because}"))
        }
    }
}

/// Markdown's signs taken off: a promise is a sentence here.
pub fn plain(promise: &str) -> String {
    unstressed(promise).replace('`', "")
}

pub fn cut(text: &str) -> String {
    let mut cut: String = text.chars().take(TEXT).collect();
    if cut.len() < text.len() {
        cut.push_str(" …");
    }
    cut
}

/// A message without places in files of ours.
pub fn without_ours(message: &str) -> String {
    let is_ours = |word: &&str| word.contains("/tests/") && word.starts_with("exercises/");
    let words: Vec<&str> =
        message.split(' ').map(|word| if is_ours(&word) { "a place in the check" } else { word }).collect();
    words.join(" ")
}

/// Whether a place is in the learner's own files: those are called `src/…` in a record.
pub fn is_own(file: &str) -> bool {
    file.starts_with("src/")
}

fn finding_part(page: &mut Page, graded: &Graded, record: &Record, check: &Check, finding: &Finding) {
    let shows: &Shows = &graded.rules.assignment.shows;
    if shows.has(Part::Evidence) {
        page.element("h3 class=\"broken\"", &format!("Clause {}: {}", check.clause, finding.kind));
        page.markup("<p>").prose(&cut(&without_ours(&finding.message))).markup("</p>");
        if let Some(printed) = &finding.printed {
            page.element("p", "It printed:").element("pre", &cut(printed));
        }
        if !finding.threads.is_empty() {
            page.markup("<ul>");
            for thread in &finding.threads {
                let file = thread.file.as_ref().filter(|file| is_own(file));
                let place = file.zip(thread.line).map(|(file, line)| format!(", {file}:{line}"));
                let waits = thread.waiting_for.as_ref().map(|it| format!(", waits for {it}"));
                let line =
                    [Some(thread.name.clone()), place, waits].into_iter().flatten().collect::<String>();
                page.markup("<li>").prose(&cut(&line)).markup("</li>");
            }
            page.markup("</ul>");
        }
    }
    if let Some(input) = finding.input.as_ref().filter(|_| shows.has(Part::Input)) {
        page.markup("<p>Input: ").element("code", &cut(input)).markup("</p>");
    }
    let Some(seed) = finding.seed else { return };
    let steps = finding.schedule.as_ref().map_or(&[][..], |schedule| &schedule.events);
    if shows.has(Part::Lanes) && !steps.is_empty() {
        lanes(page, graded, record, check, steps.len());
    }
    if shows.has(Part::Seed) {
        page.markup("<p>To see it again on your machine: ").element(
            "code",
            &format!("cargo checker replay {} {} --seed {seed}", record.exercise, check.name),
        );
        page.markup("</p>");
    }
}

/// The failing schedule as a picture, or where it is too long its last steps.
fn lanes(page: &mut Page, graded: &Graded, record: &Record, check: &Check, steps: usize) {
    let mut check = check.clone();
    let Some(finding) = check.finding.as_mut() else { return };
    let seed = finding.seed.unwrap_or_default();
    if let Some(schedule) = finding.schedule.as_mut() {
        let left_out = schedule.events.len().saturating_sub(STEPS);
        schedule.events.drain(..left_out);
        schedule.events.iter_mut().for_each(hide_ours);
    }
    if steps > STEPS {
        page.element("p class=\"dim\"", &format!("The last {STEPS} of {steps} steps:"));
    }
    let replayed = Replayed::of(&record.exercise, check, seed);
    let root = graded.folder.frozen(&record.place());
    let sources = Sources::of_steps(root.parent().unwrap_or(&root), &replayed.events);
    // What is drawn is escaped where it is drawn.
    page.markup("<div class=\"wide\">").markup(&svg::draw(&sources, &replayed)).markup("</div>");
}

/// A step in a file of ours is a step without a place.
fn hide_ours(step: &mut Step) {
    if step.file.as_ref().is_some_and(|file| !is_own(file)) {
        step.file = None;
        step.line = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_our_files_is_not_named() {
        let message = "`thread 1` had panicked at exercises/04-x/pair/tests/checks.rs:152 and src/lib.rs:3";
        assert_eq!(without_ours(message), "`thread 1` had panicked at a place in the check and src/lib.rs:3");
    }
}
