//! `grade`: a class, in three steps on disk.

use crate::commands::args::{Grade, GradeFormat, GradeStep, Intake, Sandbox};
use crate::commands::outcome::Outcome;
use crate::commands::setup::{effort, judge, open_base};
use crate::course::Course;
use crate::grade::{self, Unfit};
use crate::process::jail::{self, Level};
use crate::show::printer::Screen;
use anyhow::{Context, Result, bail};
use std::path::Path;

/// Does one step, or all of them.
///
/// # Errors
/// If the call can't be understood or something can't be written.
pub fn grade(screen: &Screen, course: &Course, call: &Grade) -> Result<Outcome> {
    let outcome = match &call.step {
        None => {
            let intake = Intake {
                submissions: call.submissions.clone().context("name the folder or archive of submissions")?,
                out: call.out.clone().context("name a folder for what comes out: `--out DIR`")?,
                assignment: call.assignment.clone(),
                roster: call.roster.clone(),
            };
            all(screen, course, call, &intake)
        }
        Some(step) => one(screen, course, call, step),
    };
    match outcome {
        Err(error) if error.is::<Unfit>() => {
            screen.trouble(&error);
            Ok(Outcome::Unfit)
        }
        outcome => outcome,
    }
}

fn all(screen: &Screen, course: &Course, call: &Grade, intake: &Intake) -> Result<Outcome> {
    let kept_in = confine(screen, course, call.sandbox)?;
    take_in(screen, course, intake)?;
    let outcome = run(screen, course, call, &intake.out, kept_in)?;
    marks(screen, course, &intake.out, call)?;
    report(screen, course, &intake.out, call)?;
    Ok(outcome)
}

fn one(screen: &Screen, course: &Course, call: &Grade, step: &GradeStep) -> Result<Outcome> {
    match step {
        GradeStep::Plan(intake) => {
            let intake = Intake { assignment: call.assignment.clone(), ..intake.clone() };
            take_in(screen, course, &intake).map(|()| Outcome::AllPassed)
        }
        GradeStep::Run { out } => {
            let kept_in = confine(screen, course, call.sandbox)?;
            run(screen, course, call, out, kept_in)
        }
        GradeStep::Marks { out } => marks(screen, course, out, call).map(|()| Outcome::AllPassed),
        GradeStep::Report { out } => report(screen, course, out, call).map(|()| Outcome::AllPassed),
        GradeStep::Show { id, out } => {
            screen.say(&grade::show(course, out, id)?)?;
            Ok(Outcome::AllPassed)
        }
        GradeStep::Export { format, out, sheet, column } => {
            let said = match (format, sheet) {
                (GradeFormat::Junit, _) => grade::junit(out)?,
                (GradeFormat::Similarity, _) => grade::similarity(course, out)?,
                (GradeFormat::Canvas, Some(sheet)) => {
                    let column = column.as_deref().context("name the column to fill in: `--column TITLE`")?;
                    grade::canvas(course, out, sheet, column, extensions(call))?
                }
                (GradeFormat::Moodle, Some(sheet)) => grade::moodle(course, out, sheet, extensions(call))?,
                (GradeFormat::Canvas | GradeFormat::Moodle, None) => {
                    bail!(
                        "name the sheet that your LMS exported: `--sheet FILE`; it is filled in, and never made up"
                    )
                }
            };
            screen.say(&said)?;
            Ok(Outcome::AllPassed)
        }
    }
}

fn extensions(call: &Grade) -> Option<&Path> {
    call.extensions.as_deref()
}

/// Nothing is run before it is clear what keeps it in. Returns what each record says about that.
fn confine(screen: &Screen, course: &Course, sandbox: Option<Sandbox>) -> Result<&'static str> {
    let level = match sandbox {
        Some(Sandbox::None) => {
            screen.note("--sandbox none: submissions run with your own rights on this machine, under limits of time, memory and output.");
            screen.note("The simulation keeps them from files and the network, but a compiler bug could let one out. Every record says `none`.");
            return Ok("none");
        }
        Some(Sandbox::Strict) => Level::Strict,
        Some(Sandbox::Standard) | None => Level::Standard,
    };
    jail::open(level, &course.root.join("Cargo.toml")).map_err(|error| {
        Unfit(format!(
            "this machine can't keep the submissions in: {error:#}\n\
             grade on another one, or, where it holds nothing of value, say `--sandbox none`"
        ))
        .into()
    })
}

fn take_in(screen: &Screen, course: &Course, intake: &Intake) -> Result<()> {
    let roster = intake.roster.as_deref();
    let assignment = intake.assignment.as_deref();
    let said = grade::plan(course, &intake.submissions, &intake.out, assignment, roster)?;
    said.iter().try_for_each(|line| screen.say(line))
}

fn run(screen: &Screen, course: &Course, call: &Grade, out: &Path, kept_in: &str) -> Result<Outcome> {
    let base = open_base(screen, course)?;
    let mut judge = judge(screen, course, &base, effort(&call.effort));
    judge.rendering.colour = false;
    judge.rendering.width = 100;
    // Submissions are judged side by side.
    judge.children = 1;
    let ran = grade::run(course, &judge, out, kept_in, &|text| screen.note(text))?;
    screen.say(&format!(
        "{} judged now, {} kept from before; {} undecided, {} not handed in",
        ran.judged, ran.kept, ran.undecided, ran.not_submitted
    ))?;
    Ok(if ran.undecided == 0 { Outcome::AllPassed } else { Outcome::SomeFailed })
}

fn marks(screen: &Screen, course: &Course, out: &Path, call: &Grade) -> Result<()> {
    let files = grade::marks(course, out, call.assignment.as_deref(), extensions(call))?;
    files.iter().try_for_each(|file| screen.say(&format!("wrote {}", file.display())))
}

fn report(screen: &Screen, course: &Course, out: &Path, call: &Grade) -> Result<()> {
    let page = grade::report(course, out, extensions(call))?;
    screen.say(&format!("wrote {} and a page for each submission", page.display()))
}
