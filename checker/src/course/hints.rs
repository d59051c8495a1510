//! Which hint to offer: the gentlest that is not known yet and fits what was found last.

use crate::course::Hint;
use crate::verdict::Kind;
use anyhow::{Result, bail};
use std::collections::BTreeSet;

/// The step to offer, counted from 1.
///
/// A hint may say which findings it is for, in a comment that is not shown: `<!-- for: deadlock, leaked-thread -->`.
/// One that fits the last verdict comes first. Otherwise they come in their order, and a program that has not been
/// written yet gets no further than the second: what it needs is to be begun.
pub fn offered(hints: &[Hint], findings: &[Kind], opened: &BTreeSet<usize>) -> usize {
    let steps = || 1..=hints.len();
    let meant_for = |step: usize| marks(&hints[step - 1]).unwrap_or_default();
    let fits = |step: &usize| findings.iter().any(|kind| meant_for(*step).contains(kind));
    let fresh = |step: &usize| !opened.contains(step);
    let begun = findings.iter().any(|kind| *kind != Kind::Unfinished);
    let furthest = if begun { hints.len() } else { hints.len().min(2) };
    steps()
        .find(|step| fits(step) && fresh(step))
        .or_else(|| steps().find(fresh).filter(|step| *step <= furthest))
        .or_else(|| steps().rfind(|step| opened.contains(step)))
        .unwrap_or(1)
}

/// The findings that a hint says it is for.
///
/// # Errors
/// If it names one that there isn't, or has a comment that would be shown.
pub fn marks(hint: &Hint) -> Result<Vec<Kind>> {
    let mut marks = Vec::new();
    for line in hint.text.lines() {
        match comment(line) {
            Some(kinds) => {
                for kind in kinds.split(',') {
                    marks.push(kind.trim().parse()?);
                }
            }
            None if line.contains("<!--") => bail!("`{}` is not `<!-- for: KIND, KIND -->`", line.trim()),
            None => {}
        }
    }
    Ok(marks)
}

fn comment(line: &str) -> Option<&str> {
    line.trim().strip_prefix("<!-- for:")?.strip_suffix("-->")
}

/// The words of a hint, without what is not to be shown.
pub fn words(hint: &Hint) -> String {
    let lines: Vec<&str> = hint.text.lines().filter(|line| comment(line).is_none()).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three(second: &str) -> Vec<Hint> {
        ["one", second, "three"].map(|text| Hint { title: "a".into(), text: text.into() }).into()
    }

    #[test]
    fn hints_come_in_their_order_once_there_is_a_program() {
        let hints = three("two");
        assert_eq!(offered(&hints, &[], &BTreeSet::new()), 1);
        assert_eq!(offered(&hints, &[Kind::Race], &[1].into()), 2);
        assert_eq!(offered(&hints, &[Kind::Race], &[1, 2].into()), 3);
        assert_eq!(offered(&hints, &[Kind::Race], &[1, 2, 3].into()), 3);
    }

    #[test]
    fn a_stub_gets_no_further_than_the_second() {
        assert_eq!(offered(&three("two"), &[Kind::Unfinished], &[1, 2].into()), 2);
    }

    #[test]
    fn a_hint_for_the_last_finding_comes_first() {
        let hints = three("<!-- for: deadlock, leaked-thread -->\ntwo");
        assert_eq!(offered(&hints, &[Kind::Deadlock], &BTreeSet::new()), 2);
        assert_eq!(offered(&hints, &[Kind::Race], &BTreeSet::new()), 1);
        assert_eq!(words(&hints[1]), "two");
    }
}
