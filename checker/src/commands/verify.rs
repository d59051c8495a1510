//! `verify`: the author's gate, and what it measures.

use crate::author::verify as gate;
use crate::author::{measure, mutants};
use crate::commands::args::{MutantsOf, Verify};
use crate::commands::outcome::Outcome;
use crate::commands::setup::{effort, judge, open_base};
use crate::course::Course;
use crate::judge::Detail;
use crate::show::printer::Screen;
use anyhow::Result;

/// Verifies, or measures.
///
/// # Errors
/// If a program can't be judged, or ^C was pressed.
pub fn verify(screen: &Screen, course: &Course, verify: &Verify) -> Result<Outcome> {
    let exercises = course.chosen(&verify.exercises)?;
    let base = open_base(screen, course)?;
    let mut judge = judge(screen, course, &base, effort(&verify.effort));
    judge.rendering.colour = false;
    judge.detail = Detail::Verdict;
    if verify.strategies {
        measure::strategies(&judge, &exercises, screen)?;
        return Ok(Outcome::AllPassed);
    }
    if let Some(wanted) = verify.soundness {
        let sound = measure::soundness(&mut judge, &exercises, wanted, screen)?;
        return Ok(if sound { Outcome::AllPassed } else { Outcome::SomeFailed });
    }
    let sample = verify.sample.map(|programs| gate::Sample { programs, drawn_by: &verify.drawn_by });
    let tally = match verify.mutants {
        Some(of) => {
            judge.children = 1;
            let is_whole = verify.exercises.is_empty();
            let plan = mutants::Plan { of_accepted: of == MutantsOf::All, sample, is_whole };
            mutants::verify(&judge, &exercises, &plan, screen)?
        }
        None => {
            let explanations = verify.explanations.as_deref();
            let plan = gate::Plan { repeat: verify.repeat, explanations, sample };
            gate::verify(&judge, &exercises, &plan, screen)?
        }
    };
    Ok(if tally.failed == 0 { Outcome::AllPassed } else { Outcome::SomeFailed })
}
