//! The instructor's page: how the class did, which clause broke for whom, and what several programs have in common.

use super::html::Page;
use super::marks::{Mark, State, rounded};
use super::pages::words;
use super::plan::Folder;
use super::record::{Clause, Outcome, Record};
use crate::files::replace;
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

/// Filters the rows of the tables by what is typed.
const SCRIPT: &str = "document.addEventListener('DOMContentLoaded',()=>{const box=document.querySelector('input');\
box.addEventListener('input',()=>document.querySelectorAll('tr[data-id]').forEach(row=>{\
row.hidden=!row.textContent.toLowerCase().includes(box.value.toLowerCase())}))})";
/// Lines of code beside a finding.
const EXCERPT: usize = 12;
/// Programs shown side by side.
const SIDE: usize = 6;

/// Writes `pages/index.html`.
///
/// # Errors
/// If the disk says no.
pub fn page(folder: &Folder, title: &str, records: &[Record], marks: &[Mark]) -> Result<PathBuf> {
    let title = if title.is_empty() { "The class" } else { title };
    let mut page = Page::new(title, SCRIPT);
    page.markup(
        "<p><label>Show only <input type=\"search\" placeholder=\"id, exercise, finding\"></label></p>",
    );
    let exercises: BTreeSet<&str> = records.iter().map(|record| record.exercise.as_str()).collect();
    let undecided: Vec<&Record> = records.iter().filter(|record| !record.is_decided()).collect();
    if !undecided.is_empty() {
        open_cases(&mut page, &undecided);
    }
    for exercise in exercises {
        let records: Vec<&Record> = records.iter().filter(|record| record.exercise == exercise).collect();
        let marks: Vec<&Mark> = marks.iter().filter(|mark| mark.exercise == exercise).collect();
        page.element("h2", exercise);
        distribution(&mut page, &marks);
        heat_map(&mut page, &records, &marks);
        common_findings(&mut page, folder, &records);
    }
    let path = folder.0.join("pages").join("index.html");
    fs::create_dir_all(folder.0.join("pages"))?;
    replace(&path, page.end().as_bytes())?;
    Ok(path)
}

fn open_cases(page: &mut Page, undecided: &[&Record]) {
    page.element("h2", &format!("Undecided: {}", undecided.len()));
    page.element("p", "These have no mark. Run the grading again, or look at them yourself.");
    page.markup("<div class=\"wide\"><table><tr><th>Id<th>Exercise<th>Why</tr>");
    for record in undecided {
        let Outcome::Undecided { reason } = &record.outcome else { continue };
        row(page, &record.id).element("td", &record.exercise).element("td", reason).markup("</tr>");
    }
    page.markup("</table></div>");
}

fn row<'a>(page: &'a mut Page, id: &str) -> &'a mut Page {
    // An id is one of ours: letters and digits.
    page.markup("<tr data-id><td>").markup(&format!("<a href=\"learners/{id}.html\">{id}</a></td>"))
}

/// How many have how much, in tenths.
fn distribution(page: &mut Page, marks: &[&Mark]) {
    let mut bars = [0_usize; 11];
    let points = marks.iter().filter_map(|mark| Some((mark.r#final?, mark.max)));
    for (points, max) in points {
        bars[((points / max * 10.0).floor() as usize).min(10)] += 1;
    }
    let count = |state: State| marks.iter().filter(|mark| mark.state == state).count();
    let marked: Vec<f64> = marks.iter().filter_map(|mark| mark.r#final).collect();
    let mean = if marked.is_empty() { 0.0 } else { marked.iter().sum::<f64>() / marked.len() as f64 };
    page.element(
        "p",
        &format!(
            "{} marked, mean {:.2}; {} not handed in, {} undecided, {} excused",
            count(State::Marked),
            rounded(mean),
            count(State::NotSubmitted),
            count(State::Undecided),
            count(State::Excused)
        ),
    );
    let most = bars.iter().copied().max().unwrap_or(0).max(1);
    for (tenth, many) in bars.iter().enumerate().filter(|(_, many)| **many > 0) {
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

/// A row for each learner, a column for each clause.
fn heat_map(page: &mut Page, records: &[&Record], marks: &[&Mark]) {
    let clauses = records.iter().filter_map(|record| match &record.outcome {
        Outcome::Judged { clauses } => clauses.last().map(|(number, _)| *number),
        _ => None,
    });
    let clauses = clauses.max().unwrap_or(0);
    page.markup("<div class=\"wide\"><table><tr><th>Id");
    (1..=clauses).for_each(|clause| {
        page.markup(&format!("<th>{clause}"));
    });
    page.markup("<th>Mark<th>Result</tr>");
    for record in records {
        row(page, &record.id);
        let mark = marks.iter().find(|mark| mark.id == record.id);
        for clause in 1..=clauses {
            let state = match &record.outcome {
                Outcome::Judged { clauses } => clauses.iter().find(|(number, _)| *number == clause),
                _ => None,
            };
            match state {
                Some((_, state)) => {
                    let (class, word) = words(state);
                    let sign = match state {
                        Clause::Kept => "✓",
                        Clause::Broken { .. } => "✗",
                        Clause::NotReached { .. } => "–",
                    };
                    // The words are ours: kinds of findings.
                    page.markup(&format!(
                        "<td class=\"cell {class}\" title=\"clause {clause}: {word}\">{sign}</td>"
                    ));
                }
                None => {
                    page.markup("<td class=\"cell\"></td>");
                }
            }
        }
        let points = mark.map(|mark| super::tables::number(mark.r#final)).unwrap_or_default();
        page.element("td class=\"n\"", &points).element("td", &in_a_word(record)).markup("</tr>");
    }
    page.markup("</table></div>");
}

fn in_a_word(record: &Record) -> String {
    match &record.outcome {
        Outcome::NotSubmitted => "not handed in".to_owned(),
        Outcome::Undecided { .. } => "undecided".to_owned(),
        Outcome::Refused { finding } => finding.kind.to_string(),
        Outcome::Judged { clauses } => {
            let first = clauses.iter().find(|(_, clause)| matches!(clause, Clause::Broken { .. }));
            first.map_or("passed".to_owned(), |(number, clause)| {
                format!("clause {number} {}", words(clause).1)
            })
        }
    }
}

/// What several programs have in common: the same kind at the same clause, with the code of each side by side.
fn common_findings(page: &mut Page, folder: &Folder, records: &[&Record]) {
    let mut groups: BTreeMap<(u32, String), Vec<(&Record, u32)>> = BTreeMap::new();
    for record in records {
        let Outcome::Judged { clauses } = &record.outcome else { continue };
        // The first is where the cause is; the others follow from it.
        let first = clauses.iter().find_map(|(number, clause)| match clause {
            Clause::Broken { kind, check, .. } => Some((*number, kind.to_string(), check)),
            _ => None,
        });
        if let Some((number, kind, check)) = first {
            let line = record.checks.iter().find(|it| it.name == *check).and_then(place).unwrap_or(1);
            groups.entry((number, kind)).or_default().push((record, line));
        }
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.len()));
    for ((clause, kind), group) in groups {
        let programs =
            if group.len() == 1 { "1 program".to_owned() } else { format!("{} programs", group.len()) };
        page.markup("<details>").element("summary", &format!("{programs}: {kind} at clause {clause}"));
        page.markup("<div class=\"side\">");
        for (record, line) in group.iter().take(SIDE) {
            page.markup("<div>");
            page.markup(&format!("<a href=\"learners/{0}.html\">{0}</a>", record.id)).markup("<pre>");
            page.text(&excerpt(folder, record, *line)).markup("</pre></div>");
        }
        page.markup("</div>");
        if group.len() > SIDE {
            page.element("p", &format!("and {} more", group.len() - SIDE));
        }
        page.markup("</details>");
    }
}

/// The learner's line at which the finding is.
fn place(check: &crate::verdict::Check) -> Option<u32> {
    let finding = check.finding.as_ref()?;
    let of_thread = finding.threads.iter().rev().find_map(|thread| thread.line);
    of_thread.or_else(|| finding.schedule.as_ref()?.events.iter().rev().find_map(|event| event.line))
}

fn excerpt(folder: &Folder, record: &Record, line: u32) -> String {
    let source = folder.frozen(&record.id, &record.exercise).join("lib.rs");
    let text = fs::read_to_string(source).unwrap_or_default();
    let first = (line as usize).saturating_sub(EXCERPT / 2);
    let lines = text.lines().enumerate().skip(first.saturating_sub(1)).take(EXCERPT);
    lines
        .map(|(index, text)| {
            let sign = if index + 1 == line as usize { '▶' } else { ' ' };
            let text: String = text.chars().take(100).collect();
            format!("{:4}{sign} {text}\n", index + 1)
        })
        .collect()
}
