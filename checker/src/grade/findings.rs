//! What several programs have in common, for the instructor: findings of one sort are one line, which opens to the code of
//! each, side by side.

use super::graded::Graded;
use super::html::Page;
use super::pages::cut;
use super::plan::Place;
use super::record::{Clause, Outcome};
use crate::verdict::{Finding, Kind};
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// Lines of code beside a finding.
const EXCERPT: usize = 12;
/// Programs shown side by side.
const SIDE: usize = 12;

/// A finding in one program: where it is, and what is the same in other programs.
struct Found {
    place: Place,
    file: String,
    line: u32,
    message: String,
}

/// Findings that look alike: the same kind at the same clause, with threads that wait for the same things.
#[derive(Eq, Ord, PartialEq, PartialOrd)]
struct Sort {
    clause: u32,
    kind: String,
    waits: String,
}

/// Adds the findings of one exercise to the page, those of most programs first.
///
/// # Errors
/// If a record can't be read.
pub fn common(page: &mut Page, graded: &Graded, places: &[&Place]) -> Result<()> {
    let mut groups: BTreeMap<Sort, Vec<Found>> = BTreeMap::new();
    for place in places {
        let Some(verdict) = graded.verdicts.get(*place) else { continue };
        let (sort, found) = match &verdict.outcome {
            Outcome::Judged { clauses } => {
                // The first is where the cause is; the others follow from it.
                let Some((clause, check)) = clauses.iter().find_map(broken) else { continue };
                let record = graded.record(place)?;
                let finding = record.checks.into_iter().find(|it| it.name == check).and_then(|it| it.finding);
                let Some(finding) = finding else { continue };
                sorted(place, clause, &finding)
            }
            Outcome::Refused { finding } => sorted(place, 0, finding),
            _ => continue,
        };
        groups.entry(sort).or_default().push(found);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    // Stable, so that equals stay in the order of the clauses.
    groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.len()));
    for (sort, group) in groups {
        show(page, graded, &sort, &group);
    }
    Ok(())
}

fn broken((number, clause): &(u32, Clause)) -> Option<(u32, String)> {
    match clause {
        Clause::Broken { check, .. } => Some((*number, check.clone())),
        _ => None,
    }
}

fn sorted(place: &Place, clause: u32, finding: &Finding) -> (Sort, Found) {
    let own = |file: &Option<String>| file.clone().filter(|file| file.starts_with("src/"));
    let of_thread = finding.threads.iter().rev().find_map(|thread| own(&thread.file).zip(thread.line));
    let steps = finding.schedule.iter().flat_map(|schedule| &schedule.events);
    let of_step = || steps.rev().find_map(|event| own(&event.file).zip(event.line));
    let (file, line) = of_thread.or_else(of_step).unwrap_or_else(|| ("src/lib.rs".to_owned(), 0));
    // Where a run stops, what the threads wait for tells one fault from another; elsewhere it is chance.
    let threads = finding.threads.iter().filter(|_| finding.kind == Kind::Deadlock);
    let waits: BTreeSet<String> =
        threads.filter_map(|thread| thread.waiting_for.as_deref()).map(unnamed).collect();
    let waits = waits.into_iter().collect::<Vec<_>>().join(", ");
    let sort = Sort { clause, kind: finding.kind.to_string(), waits };
    (sort, Found { place: place.clone(), file, line, message: finding.message.clone() })
}

/// What is waited for, without the names, numbers and articles that differ from program to program.
fn unnamed(waited_for: &str) -> String {
    let mut words = Vec::new();
    for (index, part) in waited_for.split('`').enumerate() {
        // Every second part is a name.
        if index % 2 == 1 {
            continue;
        }
        let told = |word: &&str| !word.starts_with('#') && !["a", "an", "the", "its"].contains(word);
        words.extend(part.split_whitespace().filter(told));
    }
    // `worker 1` to finish
    if words.first() == Some(&"to") {
        words.insert(0, "thread");
    }
    words.join(" ")
}

fn show(page: &mut Page, graded: &Graded, sort: &Sort, group: &[Found]) {
    let programs =
        if group.len() == 1 { "1 program".to_owned() } else { format!("{} programs", group.len()) };
    let at = if sort.clause == 0 { String::new() } else { format!(" at clause {}", sort.clause) };
    let waits = if sort.waits.is_empty() { String::new() } else { format!(", waiting for: {}", sort.waits) };
    page.markup("<details>").element("summary", &format!("{programs}: {}{at}{waits}", sort.kind));
    page.markup("<div class=\"side\">");
    for found in group.iter().take(SIDE) {
        page.markup("<div>");
        // A group's submission is on the page of each member.
        let page_of = graded.members_of(&found.place.id).first().copied().unwrap_or_default();
        page.markup(&format!("<a href=\"learners/{page_of}.html\">{}</a> ", found.place.id));
        let line = if found.line == 0 { String::new() } else { format!(":{}", found.line) };
        page.text(&format!("{}{line}", found.file)).markup("<pre>");
        // What was refused as a whole has no line of its own: what was said of it does.
        let text = if sort.clause == 0 { cut(&found.message) } else { excerpt(graded, found) };
        page.text(&text).markup("</pre></div>");
    }
    page.markup("</div>");
    if group.len() > SIDE {
        let more: Vec<&str> = group[SIDE..].iter().map(|found| found.place.id.as_str()).collect();
        page.element("p", &format!("and {}", more.join(", ")));
    }
    page.markup("</details>");
}

fn excerpt(graded: &Graded, found: &Found) -> String {
    let source = graded.folder.frozen(&found.place).join(found.file.trim_start_matches("src/"));
    let text = fs::read_to_string(source).unwrap_or_default();
    let line = found.line as usize;
    let first = line.saturating_sub(EXCERPT / 2).max(1);
    let lines = text.lines().enumerate().skip(first - 1).take(EXCERPT);
    lines
        .map(|(index, text)| {
            let sign = if index + 1 == line { '▶' } else { ' ' };
            let text: String = text.chars().take(100).collect();
            format!("{:4}{sign} {text}\n", index + 1)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_do_not_part_findings_of_one_sort() {
        assert_eq!(unnamed("a message on channel #2 (`jobs`)"), unnamed("a message on channel #1 (`work`)"));
        assert_eq!(unnamed("a notification on the Condvar"), unnamed("a notification on a Condvar"));
        assert_ne!(unnamed("a notification"), unnamed("a message"));
        assert_eq!(unnamed("`worker 1` to finish"), "thread to finish");
    }
}
