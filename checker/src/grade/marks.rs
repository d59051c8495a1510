//! From verdicts to marks. Nothing is run for it, so a policy can change as often as it has to.

use super::assignment::{Assignment, Worth};
use super::policy::{Extension, Loss};
use super::record::{Clause, Outcome, Record};
use anyhow::Result;
use serde::Serialize;

/// What one submission earns for one exercise.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mark {
    pub id: String,
    pub exercise: String,
    pub state: State,
    /// `None` where there is no number: undecided, refused, excused.
    pub raw: Option<f64>,
    pub penalty: Option<f64>,
    pub r#final: Option<f64>,
    pub max: f64,
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
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            State::Marked => "marked",
            State::NotSubmitted => "not-submitted",
            State::Undecided => "undecided",
            State::Excused => "excused",
        }
    }
}

/// Rounds a number of points to hundredths, half away from zero: once, at the end.
pub fn rounded(points: f64) -> f64 {
    (points * 100.0 + 1e-9).round() / 100.0
}

/// The mark of one record.
///
/// # Errors
/// If the policy can't be understood.
pub fn mark(record: &Record, worth: &Worth, assignment: &Assignment, extension: &Extension) -> Result<Mark> {
    let max = worth.points;
    let without = |state: State, reason: &str| Mark {
        id: record.id.clone(),
        exercise: worth.exercise.clone(),
        state,
        raw: None,
        penalty: None,
        r#final: None,
        max,
        reason: reason.to_owned(),
    };
    if extension.excused {
        return Ok(without(State::Excused, "excused"));
    }
    let (raw, reason) = match &record.outcome {
        Outcome::NotSubmitted => return Ok(without(State::NotSubmitted, "nothing was handed in")),
        Outcome::Undecided { reason } => return Ok(without(State::Undecided, reason)),
        Outcome::Refused { finding } => (0.0, format!("{}: no points", finding.kind)),
        Outcome::Judged { clauses } => earned(clauses, worth),
    };
    let loss = match &assignment.policy {
        Some(policy) => policy.loss(raw, max, &record.late, extension)?,
        None => Loss { points: 0.0, units: None, reason: String::new() },
    };
    let reasons: Vec<&str> =
        [reason.as_str(), loss.reason.as_str()].into_iter().filter(|it| !it.is_empty()).collect();
    Ok(Mark {
        state: State::Marked,
        raw: Some(rounded(raw)),
        penalty: Some(rounded(loss.points)),
        r#final: Some(rounded(raw - loss.points)),
        reason: reasons.join("; "),
        ..without(State::Marked, "")
    })
}

/// What the clauses earn, and which of them don't.
fn earned(clauses: &[(u32, Clause)], worth: &Worth) -> (f64, String) {
    let kept = |clause: &Clause| matches!(clause, Clause::Kept);
    let broken: Vec<String> = clauses
        .iter()
        .filter_map(|(number, clause)| match clause {
            Clause::Kept => None,
            Clause::Broken { kind, .. } => Some(format!("clause {number} broken ({kind})")),
            Clause::NotReached { because } => {
                Some(format!("clause {number} not reached, because of {because}"))
            }
        })
        .collect();
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
    use crate::grade::late::Late;
    use crate::verdict::{Finding, Kind};

    fn record(outcome: Outcome) -> Record {
        Record { outcome, late: Late::No, ..Record::sample("s1", "pair") }
    }

    fn judged(clauses: Vec<(u32, Clause)>) -> Record {
        record(Outcome::Judged { clauses })
    }

    fn broken() -> Clause {
        Clause::Broken { kind: Kind::Deadlock, check: "ends".to_owned(), seed: Some(3) }
    }

    fn worth(weights: Option<[(u32, f64); 2]>) -> Worth {
        Worth { exercise: "pair".to_owned(), points: 10.0, weights: weights.map(Into::into) }
    }

    fn final_of(record: &Record, worth: &Worth) -> Option<f64> {
        mark(record, worth, &Assignment::default(), &Extension::default()).unwrap().r#final
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
    fn what_was_not_reached_earns_nothing_and_says_so() {
        let hidden = Clause::NotReached { because: "deadlock".to_owned() };
        let record = judged(vec![(1, broken()), (2, hidden)]);
        let mark =
            mark(&record, &worth(Some([(1, 5.0), (2, 5.0)])), &Assignment::default(), &Extension::default())
                .unwrap();
        assert_eq!(mark.r#final, Some(0.0));
        assert!(mark.reason.contains("clause 2 not reached, because of deadlock"), "{}", mark.reason);
    }

    #[test]
    fn undecided_missing_and_excused_have_no_number() {
        let undecided = record(Outcome::Undecided { reason: "the disk was full".to_owned() });
        assert_eq!(final_of(&undecided, &worth(None)), None);
        assert_eq!(final_of(&record(Outcome::NotSubmitted), &worth(None)), None);
        let excused = Extension { hours: 0, excused: true };
        let mark = mark(&judged(Vec::new()), &worth(None), &Assignment::default(), &excused).unwrap();
        assert_eq!((mark.state, mark.r#final), (State::Excused, None));
    }

    #[test]
    fn what_does_not_compile_gets_nothing_and_its_reason() {
        let refused = record(Outcome::Refused { finding: Finding::new(Kind::DoesNotCompile, "error") });
        let mark = mark(&refused, &worth(None), &Assignment::default(), &Extension::default()).unwrap();
        assert_eq!((mark.state, mark.r#final), (State::Marked, Some(0.0)));
        assert!(mark.reason.contains("does-not-compile"));
    }
}
