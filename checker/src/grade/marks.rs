//! From verdicts to marks. Nothing is run for it, so a policy can change as often as it has to.

use super::assignment::Worth;
use super::plan::Place;
use super::policy::{Lateness, Loss, Policy};
use super::record::{Clause, Outcome};
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What one person earns for one exercise.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// The person's; in a group of one it is the submission's too.
    pub id: String,
    /// The submission and the attempt that it is for.
    pub place: Place,
    pub state: State,
    /// `None` where there is no number: undecided, refused, excused.
    pub raw: Option<f64>,
    pub penalty: Option<f64>,
    pub r#final: Option<f64>,
    pub max: f64,
    /// Late units; `None` where that is not known.
    pub late: Option<u32>,
    /// Those of them that the budget paid for.
    pub free: u32,
    pub reason: String,
}

/// A mark that a person has set. It stays when verdicts change.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct ByHand {
    pub id: String,
    pub exercise: String,
    pub points: f64,
    pub reason: String,
}

/// Marked, not handed in, excused, and what is ours to sort out are different things.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Marked,
    NotSubmitted,
    /// Nothing could be proven, or a person has to look: the old mark stays.
    Undecided,
    Excused,
    /// A person has set it.
    ByHand,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            State::Marked => "marked",
            State::NotSubmitted => "not-submitted",
            State::Undecided => "undecided",
            State::Excused => "excused",
            State::ByHand => "by-hand",
        }
    }
}

/// Rounds a number of points to hundredths, half away from zero: once, at the end.
pub fn rounded(points: f64) -> f64 {
    (points * 100.0 + 1e-9).round() / 100.0
}

/// One person's exercise, with all that decides about its mark.
pub struct Case<'a> {
    /// The person's.
    pub id: &'a str,
    pub place: Place,
    pub outcome: &'a Outcome,
    pub worth: &'a Worth,
    pub policy: Option<&'a Policy>,
    pub lateness: &'a Lateness,
    /// Late units that are left to this person.
    pub budget: u32,
    pub excused: bool,
    pub by_hand: Option<&'a ByHand>,
}

impl Case<'_> {
    /// The mark.
    ///
    /// # Errors
    /// If the policy can't be understood.
    pub fn mark(&self) -> Result<Mark> {
        let mark = self.by_the_verdict()?;
        let Some(by_hand) = self.by_hand else { return Ok(mark) };
        let before = match mark.r#final {
            Some(points) => format!("the verdict gives {points:.2}"),
            None => format!("without it: {}", mark.state.name()),
        };
        let reason = format!("by hand: {}; {before}", by_hand.reason);
        Ok(Mark { state: State::ByHand, r#final: Some(rounded(by_hand.points)), reason, free: 0, ..mark })
    }

    fn by_the_verdict(&self) -> Result<Mark> {
        let max = self.worth.points;
        let without = |state: State, reason: &str| Mark {
            id: self.id.to_owned(),
            place: self.place.clone(),
            state,
            raw: None,
            penalty: None,
            r#final: None,
            max,
            late: self.lateness.units,
            free: 0,
            reason: reason.to_owned(),
        };
        if self.excused {
            return Ok(without(State::Excused, "excused"));
        }
        let (raw, reason) = match self.outcome {
            Outcome::NotSubmitted => return Ok(without(State::NotSubmitted, "nothing was handed in")),
            Outcome::Undecided { reason } => return Ok(without(State::Undecided, reason)),
            Outcome::Refused { finding } => (0.0, format!("{}: no points", finding.kind)),
            Outcome::Judged { clauses } if self.worth.weights.is_some() && has_unjudged(clauses) => {
                let reason = "only its first finding is known; `grade regrade` judges every clause";
                return Ok(without(State::Undecided, reason));
            }
            Outcome::Judged { clauses } => earned(clauses, self.worth),
        };
        let loss = match self.policy {
            Some(policy) => policy.loss(raw, max, self.lateness, self.budget)?,
            None => Loss::default(),
        };
        let reasons: Vec<&str> =
            [reason.as_str(), loss.reason.as_str()].into_iter().filter(|it| !it.is_empty()).collect();
        Ok(Mark {
            raw: Some(rounded(raw)),
            penalty: Some(rounded(loss.points)),
            r#final: Some(rounded(raw - loss.points)),
            free: loss.free,
            ..without(State::Marked, &reasons.join("; "))
        })
    }
}

fn has_unjudged(clauses: &[(u32, Clause)]) -> bool {
    clauses.iter().any(|(_, clause)| matches!(clause, Clause::NotJudged { .. }))
}

/// What the clauses earn, and which of them don't.
fn earned(clauses: &[(u32, Clause)], worth: &Worth) -> (f64, String) {
    let kept = |clause: &Clause| matches!(clause, Clause::Kept);
    let mut broken: Vec<String> = Vec::new();
    // By what hid them, so that one finding is not told once for each clause.
    let mut hidden: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (number, clause) in clauses {
        match clause {
            // What decides the mark is told beside it.
            Clause::Kept | Clause::NotJudged { .. } => {}
            Clause::Broken { kind, .. } => broken.push(format!("clause {number} broken ({kind})")),
            Clause::NotReached { because } => hidden.entry(because).or_default().push(number.to_string()),
        }
    }
    for (because, numbers) in hidden {
        let word = if numbers.len() == 1 { "clause" } else { "clauses" };
        broken.push(format!("{word} {} not reached, because of {because}", numbers.join(", ")));
    }
    let points = match &worth.weights {
        None if broken.is_empty() => worth.points,
        None => 0.0,
        Some(weights) => {
            let of = |(number, clause): &(u32, Clause)| {
                if kept(clause) { weights.get(number).copied().unwrap_or(0.0) } else { 0.0 }
            };
            clauses.iter().map(of).sum()
        }
    };
    (points, broken.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::{Finding, Kind};

    fn judged(clauses: Vec<(u32, Clause)>) -> Outcome {
        Outcome::Judged { clauses }
    }

    fn broken() -> Clause {
        Clause::Broken { kind: Kind::Deadlock, check: "ends".to_owned(), seed: Some(3) }
    }

    fn worth(weights: Option<[(u32, f64); 2]>) -> Worth {
        Worth { exercise: "pair".to_owned(), points: 10.0, weights: weights.map(Into::into) }
    }

    fn mark(outcome: &Outcome, worth: &Worth, excused: bool, by_hand: Option<&ByHand>) -> Mark {
        let place = Place { id: "s1".to_owned(), attempt: 1, exercise: "pair".to_owned() };
        let (lateness, policy) = (&Lateness::default(), None);
        Case { id: "s1", place, outcome, worth, policy, lateness, budget: 0, excused, by_hand }
            .mark()
            .unwrap()
    }

    fn final_of(outcome: &Outcome, worth: &Worth) -> Option<f64> {
        mark(outcome, worth, false, None).r#final
    }

    #[test]
    fn all_clauses_or_nothing_unless_they_have_weights() {
        let half = judged(vec![(1, Clause::Kept), (2, broken())]);
        assert_eq!(final_of(&half, &worth(None)), Some(0.0));
        assert_eq!(final_of(&half, &worth(Some([(1, 3.335), (2, 6.665)]))), Some(3.34));
        let whole = judged(vec![(1, Clause::Kept), (2, Clause::Kept)]);
        assert_eq!(final_of(&whole, &worth(None)), Some(10.0));
    }

    #[test]
    fn weights_are_added_up_before_they_are_rounded() {
        let thirds = [(1, 10.0 / 3.0), (2, 10.0 / 3.0)].to_vec();
        let three =
            Worth { weights: Some(thirds.into_iter().chain([(3, 10.0 / 3.0)]).collect()), ..worth(None) };
        let all = judged(vec![(1, Clause::Kept), (2, Clause::Kept), (3, Clause::Kept)]);
        // Three times 3.33 would be 9.99.
        assert_eq!(final_of(&all, &three), Some(10.0));
    }

    #[test]
    fn what_was_not_reached_earns_nothing_and_says_so() {
        let hidden = Clause::NotReached { because: "deadlock".to_owned() };
        let mark =
            mark(&judged(vec![(1, broken()), (2, hidden)]), &worth(Some([(1, 5.0), (2, 5.0)])), false, None);
        assert_eq!(mark.r#final, Some(0.0));
        assert!(mark.reason.contains("clause 2 not reached, because of deadlock"), "{}", mark.reason);
    }

    #[test]
    fn undecided_missing_and_excused_have_no_number() {
        let undecided = Outcome::Undecided { reason: "the disk was full".to_owned() };
        assert_eq!(final_of(&undecided, &worth(None)), None);
        assert_eq!(final_of(&Outcome::NotSubmitted, &worth(None)), None);
        let mark = mark(&judged(Vec::new()), &worth(None), true, None);
        assert_eq!((mark.state, mark.r#final), (State::Excused, None));
    }

    #[test]
    fn what_does_not_compile_gets_nothing_and_its_reason() {
        let refused = Outcome::Refused { finding: Finding::new(Kind::DoesNotCompile, "error") };
        let mark = mark(&refused, &worth(None), false, None);
        assert_eq!((mark.state, mark.r#final), (State::Marked, Some(0.0)));
        assert!(mark.reason.contains("does-not-compile"));
    }

    #[test]
    fn a_mark_set_by_hand_lies_on_top_and_names_what_is_below() {
        let (id, exercise) = ("s1".to_owned(), "pair".to_owned());
        let by_hand = ByHand { id, exercise, points: 8.0, reason: "shown in class".to_owned() };
        let below = mark(&judged(vec![(1, broken())]), &worth(None), false, Some(&by_hand));
        assert_eq!((below.state, below.raw, below.r#final), (State::ByHand, Some(0.0), Some(8.0)));
        assert_eq!(below.reason, "by hand: shown in class; the verdict gives 0.00");
        let undecided = Outcome::Undecided { reason: "the disk was full".to_owned() };
        assert_eq!(mark(&undecided, &worth(None), false, Some(&by_hand)).r#final, Some(8.0));
    }
}
