//! Whether what a check program reports can be trusted: each check that is to be believed has a decoy, which must fail.

use crate::verdict::{Check, Finding, Kind, Status};
use protocol::Decoy;
use std::collections::{BTreeMap, BTreeSet};

/// The runs of the checks, as they are reported.
pub struct Runs {
    draw: Option<u64>,
    /// Of each check whose runs are not all over, what was reported first.
    first: BTreeMap<String, Check>,
    over: BTreeSet<String>,
}

/// The run in which a check was when its process ended.
#[derive(Debug)]
pub enum Unfinished {
    /// Its own, or it has no decoy.
    Own,
    /// That of its decoy, which comes first.
    DecoyFirst,
    /// That of its decoy, after its own, which was reported.
    Decoy {
        /// What was reported.
        own: Box<Check>,
    },
}

impl Runs {
    /// The run of the check of this name that has begun and was not reported.
    pub fn unfinished(&mut self, name: &str) -> Unfinished {
        let Some(draw) = self.draw else { return Unfinished::Own };
        match (Decoy::drawn(draw, name).comes_first, self.first.remove(name)) {
            (true, Some(_)) | (false, None) => Unfinished::Own,
            (true, None) => Unfinished::DecoyFirst,
            (false, Some(own)) => Unfinished::Decoy { own: Box::new(own) },
        }
    }

    /// Runs with the decoys that follow from `draw`, or none.
    pub fn new(draw: Option<u64>) -> Runs {
        Runs { draw, first: BTreeMap::new(), over: BTreeSet::new() }
    }

    /// A new process begins: what was to be run after a check that had ended runs no more in it, so it begins again.
    pub fn begin(&mut self) {
        let draw = self.draw;
        self.first.retain(|name, _| draw.is_some_and(|draw| Decoy::drawn(draw, name).comes_first));
    }

    /// Takes in what is reported of one run; what is to be said of the check, when its runs are over.
    pub fn ended(&mut self, report: Check) -> Option<Check> {
        let Some(draw) = self.draw else { return Some(report) };
        // No check program of ours reports more.
        if self.over.contains(&report.name) {
            return None;
        }
        let Some(first) = self.first.remove(&report.name) else {
            self.first.insert(report.name.clone(), report);
            return None;
        };
        self.over.insert(report.name.clone());
        let (decoy, own) = match Decoy::drawn(draw, &report.name).comes_first {
            true => (first, report),
            false => (report, first),
        };
        Some(if decoy.status == Status::Passed && own.status == Status::Passed {
            distrusted(own)
        } else {
            own
        })
    }
}

/// What is said of a check whose report can't be true.
fn distrusted(check: Check) -> Check {
    let message = "its results can't be trusted: the checker changed a check so that no program can pass it, and the program passed. \
                   The program, or something it uses, has changed the memory of the checks";
    let finding = Some(Finding::new(Kind::Forbidden, message));
    Check { status: Status::Failed, exhausted: None, finding, ..check }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(name: &str, status: Status) -> Check {
        Check {
            name: name.into(),
            clause: 1,
            status,
            schedules: 1,
            exhausted: None,
            finding: None,
            duration_ms: 0,
        }
    }

    #[test]
    fn a_check_is_believed_if_its_decoy_fails_in_whichever_order_they_come() {
        let name = "a_check";
        for draw in 0..100 {
            let told = |decoy, own| {
                let mut runs = Runs::new(Some(draw));
                let comes_first = Decoy::drawn(draw, name).comes_first;
                let order = if comes_first { [decoy, own] } else { [own, decoy] };
                assert!(runs.ended(report(name, order[0])).is_none());
                let check = runs.ended(report(name, order[1])).unwrap();
                (check.status, check.kind())
            };
            assert_eq!(told(Status::Failed, Status::Passed), (Status::Passed, None));
            assert_eq!(told(Status::Failed, Status::Failed), (Status::Failed, None));
            assert_eq!(told(Status::Passed, Status::Passed), (Status::Failed, Some(Kind::Forbidden)));
        }
    }

    #[test]
    fn decoys_come_first_about_as_often_as_not() {
        let first = (0..1000).filter(|draw| Decoy::drawn(*draw, "a_check").comes_first).count();
        assert!((400..600).contains(&first), "{first}");
    }

    #[test]
    fn a_process_that_ends_was_in_the_run_that_was_not_reported() {
        let name = "a_check";
        for draw in 0..100 {
            let comes_first = Decoy::drawn(draw, name).comes_first;
            let mut runs = Runs::new(Some(draw));
            let in_the_first = runs.unfinished(name);
            assert!(runs.ended(report(name, Status::Failed)).is_none());
            let in_the_second = runs.unfinished(name);
            match comes_first {
                true => {
                    assert!(matches!(in_the_first, Unfinished::DecoyFirst));
                    assert!(matches!(in_the_second, Unfinished::Own));
                }
                false => {
                    assert!(matches!(in_the_first, Unfinished::Own));
                    let Unfinished::Decoy { own } = in_the_second else { panic!("{in_the_second:?}") };
                    assert_eq!(own.status, Status::Failed);
                }
            }
        }
        assert!(matches!(Runs::new(None).unfinished(name), Unfinished::Own));
    }
}
