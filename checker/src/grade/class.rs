//! The instructor's page: how the class did, which clause broke for whom, what several programs have in common, and what is
//! to be looked at.

use super::findings;
use super::graded::Graded;
use super::html::Page;
use super::likeness::Likeness;
use super::marks::{Mark, State, rounded};
use super::pages::{cut, plain, words};
use super::plan::Place;
use super::record::{Clause, MadeBy, Outcome};
use super::requests::Requests;
use super::tables::number;
use crate::course::Course;
use crate::files::secret;
use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

/// Filters the rows of the tables by what is typed, and follows a link into a part that is closed.
const SCRIPT: &str = include_str!("class.js");

/// Writes `pages/index.html`.
///
/// # Errors
/// If a record can't be read, or the disk says no.
pub fn page(course: &Course, graded: &Graded, requests: &Requests, likeness: &Likeness) -> Result<PathBuf> {
    let title = &graded.rules.assignment.title;
    let mut page = Page::new(if title.is_empty() { "The class" } else { title }, SCRIPT);
    page.markup(
        "<p><label>Show only <input type=\"search\" placeholder=\"id, exercise, finding\"></label></p>",
    );
    totals(&mut page, graded);
    open_cases(&mut page, graded);
    asked(&mut page, requests);
    by_hand(&mut page, graded);
    otherwise_made(&mut page, graded);
    for worth in &graded.worth {
        let marks: Vec<&Mark> =
            graded.marks.iter().filter(|mark| mark.place.exercise == worth.exercise).collect();
        let places: BTreeSet<&Place> = marks.iter().map(|mark| &mark.place).collect();
        let places: Vec<&Place> = places.into_iter().collect();
        page.element("h2", &worth.exercise);
        distribution(&mut page, &marks);
        let contract = course.exercise(&worth.exercise)?.contract(&course.root)?;
        stuck(&mut page, graded, &contract, &places);
        heat_map(&mut page, graded, &contract, &places, &marks);
        page.element("h3", "Findings that look alike");
        findings::common(&mut page, graded, &places)?;
    }
    likeness.show(&mut page, &graded.folder, &graded.plan);
    let path = graded.folder.0.join("pages").join("index.html");
    fs::create_dir_all(graded.folder.0.join("pages")).context("the folder for pages could not be made")?;
    secret(&path, page.end().as_bytes())?;
    Ok(path)
}

/// The marks of the whole assignment.
fn totals(page: &mut Page, graded: &Graded) {
    if graded.worth.len() < 2 {
        return;
    }
    let max: f64 = graded.worth.iter().map(|worth| worth.points).sum();
    let people: Vec<Option<f64>> = graded.people.members().map(|member| graded.total(&member.id)).collect();
    let marked: Vec<f64> = people.iter().copied().flatten().collect();
    page.element("h2", "All exercises together");
    page.element(
        "p",
        &format!(
            "{} learners; {} have a total, of at most {max:.2}; the mean is {:.2}",
            people.len(),
            marked.len(),
            mean(&marked)
        ),
    );
    bars(page, marked.iter().map(|points| points / max));
}

fn mean(points: &[f64]) -> f64 {
    if points.is_empty() { 0.0 } else { rounded(points.iter().sum::<f64>() / points.len() as f64) }
}

fn open_cases(page: &mut Page, graded: &Graded) {
    let open: Vec<(&Place, &String)> = graded
        .verdicts
        .iter()
        .filter_map(|(place, verdict)| match &verdict.outcome {
            Outcome::Undecided { reason } => Some((place, reason)),
            _ => None,
        })
        .collect();
    if open.is_empty() {
        return;
    }
    page.element("h2", &format!("Undecided: {}", open.len()));
    page.element(
        "p",
        "These have no mark. Run the grading again, look at them yourself, or set a mark by hand.",
    );
    page.markup("<div class=\"wide\"><table><tr><th>Id<th>Exercise<th>Why</tr>");
    for (place, reason) in open {
        page.markup("<tr data-id>").element("td", &place.id).element("td", &place.exercise);
        page.element("td class=\"why\"", &cut(reason)).markup("</tr>");
    }
    page.markup("</table></div>");
}

fn asked(page: &mut Page, requests: &Requests) {
    if requests.all.is_empty() {
        return;
    }
    page.element("h2", &format!("Requests: {}", requests.all.len()));
    page.markup(
        "<div class=\"wide\"><table><tr><th>Number<th>Id<th>Exercise<th>Reason<th>State<th>Answer</tr>",
    );
    for request in &requests.all {
        page.markup("<tr data-id>").element("td", &request.number.to_string());
        link(page, &request.id);
        for text in [&request.exercise, &request.reason, request.state.name(), &request.answer] {
            page.element("td", text);
        }
        page.markup("</tr>");
    }
    page.markup("</table></div>");
}

fn by_hand(page: &mut Page, graded: &Graded) {
    if graded.rules.by_hand.is_empty() {
        return;
    }
    page.element("h2", &format!("Marks set by hand: {}", graded.rules.by_hand.len()));
    page.markup("<div class=\"wide\"><table><tr><th>Id<th>Exercise<th>Mark<th>Reason</tr>");
    for set in &graded.rules.by_hand {
        page.markup("<tr data-id>");
        link(page, &set.id);
        page.element("td", &set.exercise).element("td class=\"n\"", &number(Some(set.points)));
        page.element("td", &set.reason).markup("</tr>");
    }
    page.markup("</table></div>");
}

/// Names verdicts that were not all made by the same things.
fn otherwise_made(page: &mut Page, graded: &Graded) {
    let mut made: BTreeMap<String, usize> = BTreeMap::new();
    for verdict in graded.verdicts.values() {
        let MadeBy { release, toolchain, limits, sandbox, base, .. } = &verdict.made_by;
        let base: String = base.chars().take(8).collect();
        *made
            .entry(format!("release {release}, {toolchain}, {limits}, sandbox {sandbox}, base {base}"))
            .or_default() += 1;
    }
    if made.len() < 2 {
        return;
    }
    page.element("h2", "Verdicts that different tools made");
    page.element("p", "A regrading makes all of them with the present tools: cargo checker grade regrade.");
    page.markup("<ul>");
    for (by, count) in made {
        page.element("li", &format!("{count}: {by}"));
    }
    page.markup("</ul>");
}

/// A cell with a link to somebody's page. An id is one of ours: letters and digits.
fn link(page: &mut Page, id: &str) {
    page.markup(&format!("<td><a href=\"learners/{id}.html\">{id}</a></td>"));
}

/// How many have how much, in tenths.
fn distribution(page: &mut Page, marks: &[&Mark]) {
    let count = |state: State| marks.iter().filter(|mark| mark.state == state).count();
    let marked: Vec<f64> = marks.iter().filter_map(|mark| mark.r#final).collect();
    page.element(
        "p",
        &format!(
            "{} marked, {} by hand, mean {:.2}; {} not handed in, {} undecided, {} excused",
            count(State::Marked),
            count(State::ByHand),
            mean(&marked),
            count(State::NotSubmitted),
            count(State::Undecided),
            count(State::Excused)
        ),
    );
    bars(page, marks.iter().filter_map(|mark| Some(mark.r#final? / mark.max)));
}

fn bars(page: &mut Page, shares: impl Iterator<Item = f64>) {
    let mut bars = [0_usize; 11];
    shares.for_each(|share| bars[((share * 10.0 + 1e-9).floor().max(0.0) as usize).min(10)] += 1);
    let most = bars.iter().copied().max().unwrap_or(0).max(1);
    for (tenth, many) in bars.iter().enumerate() {
        let label =
            if tenth == 10 { "all".to_owned() } else { format!("{}–{} %", tenth * 10, tenth * 10 + 9) };
        page.markup("<div class=\"bar\">").element("span", &label);
        page.markup(&format!(
            "<span><span class=\"fill\" style=\"width:{}%\"></span></span>",
            many * 100 / most
        ));
        page.element("span", &many.to_string()).markup("</div>");
    }
}

/// Who is stuck where: the first clause that does not hold, with what it promises.
fn stuck(page: &mut Page, graded: &Graded, contract: &[String], places: &[&Place]) {
    let mut at: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for place in places {
        let Some(Outcome::Judged { clauses }) = graded.verdicts.get(*place).map(|it| &it.outcome) else {
            continue;
        };
        let first = clauses.iter().find(|(_, clause)| matches!(clause, Clause::Broken { .. }));
        if let Some((number, _)) = first {
            at.entry(*number).or_default().extend(graded.members_of(&place.id));
        }
    }
    if at.is_empty() {
        return;
    }
    page.element("h3", "Stuck at");
    page.markup("<div class=\"wide\"><table><tr><th>Clause<th>Promise<th>How many<th>Who</tr>");
    for (clause, ids) in at {
        let promise = contract.get(clause as usize - 1).map(|text| plain(text)).unwrap_or_default();
        let title = promise.split_inclusive('.').next().unwrap_or_default();
        page.markup("<tr data-id>").element("td class=\"n\"", &clause.to_string()).element("td", title);
        page.element("td class=\"n\"", &ids.len().to_string()).markup("<td>");
        for id in ids {
            page.markup(&format!("<a href=\"learners/{id}.html\">{id}</a> "));
        }
        page.markup("</td></tr>");
    }
    page.markup("</table></div>");
}

/// A row for each submission, a column for each clause.
fn heat_map(page: &mut Page, graded: &Graded, contract: &[String], places: &[&Place], marks: &[&Mark]) {
    page.element("h3", "Clause by learner");
    page.markup("<div class=\"wide\"><table class=\"heat\"><tr><th>Id");
    for clause in 1..=contract.len() {
        page.markup(&format!("<th>{clause}"));
    }
    page.markup("<th>Mark<th>Result</tr>");
    for place in places {
        let own: Vec<&&Mark> = marks.iter().filter(|mark| mark.place == **place).collect();
        let outcome = graded.verdicts.get(*place).map(|verdict| &verdict.outcome);
        page.markup("<tr data-id>");
        match own.first() {
            Some(mark) => link(page, &mark.id),
            None => {
                page.element("td", &place.id);
            }
        }
        for clause in 1..=contract.len() as u32 {
            cell(page, clause, outcome);
        }
        let mut points: Vec<String> = own.iter().map(|mark| number(mark.r#final)).collect();
        points.dedup();
        page.element("td class=\"n\"", &points.join(" / "));
        let lost = own.iter().filter_map(|mark| mark.penalty).fold(0.0, f64::max);
        let lost = if lost > 0.0 { format!("; {lost:.2} taken off") } else { String::new() };
        page.element("td", &(in_a_word(outcome) + &lost)).markup("</tr>");
    }
    page.markup("</table></div>");
}

fn cell(page: &mut Page, clause: u32, outcome: Option<&Outcome>) {
    let state = match outcome {
        Some(Outcome::Judged { clauses }) => clauses.iter().find(|(number, _)| *number == clause),
        _ => None,
    };
    let Some((_, state)) = state else {
        page.markup("<td class=\"cell\"></td>");
        return;
    };
    let (class, word) = words(state);
    let sign = match state {
        Clause::Kept => "✓",
        Clause::Broken { .. } => "✗",
        Clause::NotReached { .. } => "–",
        Clause::NotJudged { .. } => "?",
    };
    // The words are ours: kinds of findings.
    page.markup(&format!("<td class=\"cell {class}\" title=\"clause {clause}: {word}\">{sign}</td>"));
}

fn in_a_word(outcome: Option<&Outcome>) -> String {
    match outcome {
        None | Some(Outcome::NotSubmitted) => "not handed in".to_owned(),
        Some(Outcome::Undecided { .. }) => "undecided".to_owned(),
        Some(Outcome::Refused { finding }) => finding.kind.to_string(),
        Some(Outcome::Judged { clauses }) => {
            let first = clauses.iter().find(|(_, clause)| matches!(clause, Clause::Broken { .. }));
            first.map_or("passed".to_owned(), |(number, clause)| {
                format!("clause {number} {}", words(clause).1)
            })
        }
    }
}
