//! A grading that has been judged, read from its folder: who, which verdicts, by which rules, and the marks that follow.

use super::assignment::{Assignment, Worth};
use super::marks::{ByHand, Case, Mark, State};
use super::people::{Member, People};
use super::plan::{Folder, Place, Plan, Planned};
use super::policy::{Extension, Lateness, Pick};
use super::record::{MadeBy, Outcome, Record};
use super::rules::Rules;
use crate::course::Course;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A grading that has been judged.
pub struct Graded {
    pub folder: Folder,
    pub plan: Plan,
    pub people: People,
    pub rules: Rules,
    pub worth: Vec<Worth>,
    /// Without the steps that were seen: those are read when they are shown.
    pub verdicts: BTreeMap<Place, Verdict>,
    /// A row for each member and exercise, in the order of ids.
    pub marks: Vec<Mark>,
}

/// What came of one exercise of one attempt, and what made that.
pub struct Verdict {
    pub outcome: Outcome,
    pub made_by: MadeBy,
}

impl Graded {
    /// Reads the verdicts that count, and makes marks of them.
    ///
    /// # Errors
    /// If a verdict is missing, or something can't be understood.
    pub fn read(course: &Course, out: &Path) -> Result<Graded> {
        let folder = Folder(out.to_owned());
        let verdicts = folder.verdicts();
        Graded::with_verdicts(course, folder, &verdicts)
    }

    /// The same grading with the verdicts of another folder.
    ///
    /// # Errors
    /// If a verdict is missing, or something can't be understood.
    pub fn with_verdicts(course: &Course, folder: Folder, from: &Path) -> Result<Graded> {
        let plan = Plan::read(&folder)?;
        let people = People::read(&folder)?;
        let rules = Rules::read(&folder)?;
        let worth = rules.assignment.worth(course)?;
        if let Some(worth) = worth.iter().find(|worth| !plan.exercises.contains(&worth.exercise)) {
            bail!(
                "the assignment has the exercise {}, but the plan does not; run `cargo checker grade plan` again",
                worth.exercise
            );
        }
        let mut verdicts = BTreeMap::new();
        for (place, planned, _) in plan.jobs() {
            let counts = plan.exercises.contains(&place.exercise);
            if counts && (needs_all_attempts(&rules.assignment) || plan.is_latest(planned)) {
                let Record { outcome, made_by, .. } = read(from, &place)?;
                verdicts.insert(place, Verdict { outcome, made_by });
            }
        }
        let mut graded = Graded { folder, plan, people, rules, worth, verdicts, marks: Vec::new() };
        graded.marks = graded.made()?;
        Ok(graded)
    }

    /// The whole record of a verdict.
    ///
    /// # Errors
    /// If it is not there any more.
    pub fn record(&self, place: &Place) -> Result<Record> {
        read(&self.folder.verdicts(), place)
    }

    /// The marks of one member.
    pub fn marks_of<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Mark> {
        // They are in the order of ids, and a class may have many.
        let first = self.marks.partition_point(|mark| mark.id.as_str() < id);
        self.marks[first..].iter().take_while(move |mark| mark.id == id)
    }

    /// The ids of those whose submission `id` is; each of them has a page.
    pub fn members_of(&self, id: &str) -> Vec<&str> {
        let person = self.people.people.iter().find(|person| person.id == id);
        person.into_iter().flat_map(|person| &person.members).map(|member| member.id.as_str()).collect()
    }

    /// The sum of somebody's marks; none if one of them has no number.
    pub fn total(&self, id: &str) -> Option<f64> {
        let marks: Vec<&Mark> = self.marks_of(id).collect();
        let sum: Option<f64> = marks.iter().map(|mark| mark.r#final).sum();
        sum.filter(|_| !marks.is_empty())
    }

    fn made(&self) -> Result<Vec<Mark>> {
        let mut marks = Vec::new();
        for person in &self.people.people {
            for member in &person.members {
                marks.extend(self.of_member(&person.id, member)?);
            }
        }
        let place = |mark: &Mark| self.worth.iter().position(|worth| worth.exercise == mark.place.exercise);
        marks.sort_by(|a, b| a.id.cmp(&b.id).then(place(a).cmp(&place(b))));
        Ok(marks)
    }

    /// The marks of one member of the submission `id`: those of the attempt that counts for this member.
    fn of_member(&self, id: &str, member: &Member) -> Result<Vec<Mark>> {
        let none = Extension::default();
        let extension = self.rules.extensions.get(&member.id).unwrap_or(&none);
        let policy = self.rules.assignment.policy.as_ref();
        let mut attempts: Vec<(Lateness, Vec<Mark>)> = Vec::new();
        for planned in self.plan.attempts(id) {
            if !needs_all_attempts(&self.rules.assignment) && !self.plan.is_latest(planned) {
                continue;
            }
            let lateness = match policy {
                Some(policy) => policy.lateness(&planned.late, extension)?,
                None => Lateness::default(),
            };
            let marks = self.of_attempt(planned, member, extension, &lateness)?;
            attempts.push((lateness, marks));
        }
        Ok(picked(self.rules.assignment.pick, attempts))
    }

    fn of_attempt(
        &self,
        planned: &Planned,
        member: &Member,
        extension: &Extension,
        lateness: &Lateness,
    ) -> Result<Vec<Mark>> {
        let policy = self.rules.assignment.policy.as_ref();
        let spent = self.rules.spent.get(&member.id).copied().unwrap_or(0);
        let budget = policy.map_or(0, |policy| policy.budget.saturating_sub(spent));
        let mut marks = Vec::new();
        for worth in &self.worth {
            let place = planned.place(&worth.exercise);
            let missing = Outcome::NotSubmitted;
            let outcome = self.verdicts.get(&place).map_or(&missing, |verdict| &verdict.outcome);
            let by_hand = self.by_hand(&member.id, &worth.exercise);
            let (id, excused) = (member.id.as_str(), extension.excused);
            marks
                .push(Case { id, place, outcome, worth, policy, lateness, budget, excused, by_hand }.mark()?);
        }
        Ok(marks)
    }

    pub fn by_hand(&self, id: &str, exercise: &str) -> Option<&ByHand> {
        self.rules.by_hand.iter().find(|it| it.id == id && it.exercise == exercise)
    }
}

/// Whether an earlier attempt can count, so that it has to be judged too.
pub fn needs_all_attempts(assignment: &Assignment) -> bool {
    assignment.pick != Pick::Latest
}

fn read(from: &Path, place: &Place) -> Result<Record> {
    let path = from.join(place.file());
    let bytes = fs::read(&path).with_context(|| {
        format!("{} has no verdict on {} yet; `cargo checker grade run` judges it", place.id, place.exercise)
    })?;
    Record::read(&bytes).with_context(|| {
        format!("{} can't be understood; `cargo checker grade run` makes it again", path.display())
    })
}

/// The attempt that counts. An attempt is one thing: its exercises are never mixed with those of another.
fn picked(pick: Pick, mut attempts: Vec<(Lateness, Vec<Mark>)>) -> Vec<Mark> {
    let Some(last) = attempts.len().checked_sub(1) else { return Vec::new() };
    let sum = |marks: &[Mark]| marks.iter().filter_map(|mark| mark.r#final).sum::<f64>();
    let chosen = match pick {
        Pick::Latest => last,
        Pick::LatestOnTime => {
            attempts.iter().rposition(|(lateness, _)| lateness.is_on_time()).unwrap_or(last)
        }
        Pick::Best => {
            let most = |a: &usize, b: &usize| sum(&attempts[*a].1).total_cmp(&sum(&attempts[*b].1));
            (0..=last).max_by(most).unwrap_or(last)
        }
    };
    let open = |marks: &[Mark]| marks.iter().any(|mark| mark.state == State::Undecided);
    let better = pick == Pick::Best && (0..=last).any(|index| index != chosen && open(&attempts[index].1));
    let mut marks = attempts.swap_remove(chosen).1;
    if better {
        for mark in marks.iter_mut().filter(|mark| mark.r#final.is_some_and(|points| points < mark.max)) {
            mark.reason.push_str("; another attempt is undecided and may be better");
        }
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(number: u32, units: Option<u32>, points: &[Option<f64>]) -> (Lateness, Vec<Mark>) {
        let mark = |points: &Option<f64>| Mark {
            id: "s1".to_owned(),
            place: Place { id: "s1".to_owned(), attempt: number, exercise: "pair".to_owned() },
            state: if points.is_some() { State::Marked } else { State::Undecided },
            raw: *points,
            penalty: None,
            r#final: *points,
            max: 10.0,
            late: units,
            free: 0,
            reason: String::new(),
        };
        (Lateness { units, ..Lateness::default() }, points.iter().map(mark).collect())
    }

    fn of(pick: Pick, attempts: Vec<(Lateness, Vec<Mark>)>) -> (u32, String) {
        let marks = picked(pick, attempts);
        (marks[0].place.attempt, marks[0].reason.clone())
    }

    #[test]
    fn the_latest_the_best_or_the_latest_in_time_counts() {
        let three = || {
            vec![
                attempt(1, Some(0), &[Some(2.0), Some(2.0)]),
                attempt(2, Some(0), &[Some(9.0), Some(0.0)]),
                attempt(3, Some(1), &[Some(5.0), Some(3.0)]),
            ]
        };
        assert_eq!(of(Pick::Latest, three()).0, 3);
        assert_eq!(of(Pick::Best, three()).0, 2);
        assert_eq!(of(Pick::LatestOnTime, three()).0, 2);
        let late = || vec![attempt(1, None, &[Some(1.0)]), attempt(2, Some(3), &[Some(1.0)])];
        assert_eq!(of(Pick::LatestOnTime, late()).0, 2, "nothing is known to have come in time");
        assert_eq!(of(Pick::Best, late()).0, 2, "of equals the latest");
    }

    #[test]
    fn an_undecided_attempt_that_may_be_better_is_named() {
        let two = |points: f64| vec![attempt(1, Some(0), &[Some(points)]), attempt(2, Some(0), &[None])];
        assert!(of(Pick::Best, two(4.0)).1.contains("another attempt is undecided"));
        assert_eq!(of(Pick::Best, two(10.0)), (1, String::new()));
    }
}
