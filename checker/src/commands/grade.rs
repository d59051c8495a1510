//! `grade`: a class, in three steps on disk.

use crate::commands::effort::Effort;
use crate::commands::grading::{Decision, Format, Grade, Sandbox, Step};
use crate::commands::outcome::Outcome;
use crate::commands::setup::{effort, judge, open_base};
use crate::course::Course;
use crate::grade::{self, Answer, Bench, Class, Depth, Export, Given, One, Platform, Ran, Unfit};
use crate::judge::Judge;
use crate::process::browser;
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
        None => all(screen, course, call),
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

fn all(screen: &Screen, course: &Course, call: &Grade) -> Result<Outcome> {
    let submissions = call.submissions.as_deref();
    let submissions = submissions.context("name the folder or archive of submissions")?;
    let out = out(call)?;
    let kept_in = confine(screen, course, call.sandbox)?;
    take_in(screen, course, call, submissions, None)?;
    let outcome = with_bench(screen, course, call, kept_in, |bench| {
        let ran = bench.run(out)?;
        told(screen, ran)
    })?;
    for file in grade::marks(course, out, &given(call))? {
        screen.say(&format!("wrote {}", file.display()))?;
    }
    report(screen, course, out, false)?;
    Ok(outcome)
}

fn one(screen: &Screen, course: &Course, call: &Grade, step: &Step) -> Result<Outcome> {
    if let Step::Verify { .. } | Step::Pack { .. } | Step::One { .. } = step {
        refuse_first_finding(call)?;
    }
    if let Step::Verify { file } = step {
        return verify(screen, course, call, file);
    }
    if let Step::Pack { platform, to } = step {
        let assignment = call.assignment.as_deref();
        screen.say(&grade::pack(course, (*platform).into(), assignment, &options(call), to)?)?;
        return Ok(Outcome::AllPassed);
    }
    if let Step::One { platform, submission, result, metadata } = step {
        let (platform, metadata) = ((*platform).into(), metadata.as_deref());
        let assignment = call.assignment.as_deref();
        return judge_one(screen, course, call, &One { platform, submission, result, metadata, assignment });
    }
    let out = out(call)?;
    match step {
        Step::Verify { .. } | Step::Pack { .. } | Step::One { .. } => {}
        Step::Archive { file, no_vendor, without_people } => {
            screen.say(&grade::archive(course, out, file, !no_vendor, !without_people)?)?;
        }
        Step::Plan { submissions, shards } => take_in(screen, course, call, submissions, *shards)?,
        Step::Run { shard } => {
            let kept_in = confine(screen, course, call.sandbox)?;
            return with_bench(screen, course, call, kept_in, |bench| match shard {
                Some(wanted) => told(screen, bench.run_shard(out, *wanted)?),
                None => told(screen, bench.run(out)?),
            });
        }
        Step::Slurm => {
            let said = grade::jobs(course, out, &options(call))?;
            said.iter().try_for_each(|line| screen.say(line))?;
        }
        Step::Merge => return merge(screen, out),
        Step::Marks => {
            for file in grade::marks(course, out, &given(call))? {
                screen.say(&format!("wrote {}", file.display()))?;
            }
        }
        Step::Report { open } => {
            if call.extensions.is_some() || call.assignment.is_some() || !call.earlier.is_empty() {
                grade::marks(course, out, &given(call))?;
            }
            report(screen, course, out, *open)?;
        }
        Step::Show { who } => screen.raw(&screen.style.encoded(&grade::show(course, out, who)?))?,
        Step::Export { format, sheet, column } => {
            let format = wanted(*format, sheet.as_deref(), column.as_deref())?;
            screen.raw(&screen.style.encoded(&(grade::export(course, out, format)? + "\n")))?;
        }
        Step::Regrade { apply: true, .. } => {
            let kept = grade::apply(course, out)?;
            screen.say(&format!(
                "the regrading is applied; the old verdicts and marks are kept in {}",
                kept.display()
            ))?;
        }
        Step::Regrade { cancel: true, .. } => {
            grade::cancel(out)?;
            screen.say("the regrading is cancelled; the marks have not changed")?;
        }
        Step::Regrade { .. } => {
            let kept_in = confine(screen, course, call.sandbox)?;
            return with_bench(screen, course, call, kept_in, |bench| {
                let (ran, said) = bench.regrade(out)?;
                said.iter().try_for_each(|line| screen.say(line))?;
                screen
                    .say("nothing has changed yet; `--apply` applies all of it, and `--cancel` forgets it")?;
                told(screen, ran)
            });
        }
        Step::Set { who, exercise, points, reason, .. } => {
            let points = points.zip(reason.as_deref());
            screen.say(&grade::set(course, out, who, exercise, points)?)?;
        }
        Step::Request { who, exercise, reason } => {
            let number = grade::ask(course, out, who, exercise, reason)?;
            screen.say(&format!("noted as request {number}"))?;
        }
        Step::Answer { number, decision, text } => {
            let state = match decision {
                Decision::Accept => Answer::Accepted,
                Decision::Decline => Answer::Declined,
                Decision::Reopen => Answer::Open,
            };
            screen.say(&grade::answer(out, *number, state, text)?)?;
        }
        Step::Requests => {
            let requests = grade::requests(out)?;
            if requests.is_empty() {
                screen.say("there are no requests")?;
            }
            requests.iter().try_for_each(|line| screen.say(line))?;
        }
    }
    Ok(Outcome::AllPassed)
}

/// Judges one submission where a platform runs us.
fn judge_one(screen: &Screen, course: &Course, call: &Grade, one: &One<'_>) -> Result<Outcome> {
    // What a job before this one has left is no result of this one.
    if one.result.is_file() {
        std::fs::remove_file(one.result)
            .with_context(|| format!("could not remove {}", one.result.display()))?;
    }
    let kept_in = confine(screen, course, call.sandbox)?;
    with_bench(screen, course, call, kept_in, |bench| {
        let told = grade::one(bench, one)?;
        told.strays.iter().try_for_each(|stray| screen.say(&format!("left out: {stray}")))?;
        if !told.undecided.is_empty() {
            told.undecided.iter().try_for_each(|reason| screen.say(&format!("undecided: {reason}")))?;
            screen.say("nothing was decided, so there is no result")?;
            return Ok(Outcome::Unfit);
        }
        screen.say(&format!("wrote {}", one.result.display()))?;
        let shows_failures = matches!(one.platform, Platform::Github | Platform::Gitlab);
        Ok(if shows_failures && !told.is_perfect() { Outcome::SomeFailed } else { Outcome::AllPassed })
    })
}

/// Judges an archive by the course that is in it.
fn verify(screen: &Screen, course: &Course, call: &Grade, file: &Path) -> Result<Outcome> {
    let unpacked = grade::unpack(file)?;
    let kept_in = confine(screen, course, call.sandbox)?;
    let archived = Course::find(&unpacked.course())?;
    let base = open_base(screen, &archived)?;
    let mut judge = judge(screen, &archived, &base, unpacked.effort());
    quiet(&mut judge);
    let note = |text: &str| screen.note(text);
    let bench = Bench {
        course: &archived,
        judge: &judge,
        sandbox: kept_in,
        jobs: jobs(call),
        depth: unpacked.depth(),
        note: &note,
    };
    let (holds, said) = unpacked.prove(&bench)?;
    said.iter().try_for_each(|line| screen.say(line))?;
    Ok(if holds { Outcome::AllPassed } else { Outcome::SomeFailed })
}

/// What stands in a record does not depend on this terminal.
fn quiet(judge: &mut Judge<'_>) {
    judge.rendering.colour = false;
    judge.rendering.width = 100;
    // Submissions are judged side by side.
    judge.children = 1;
}

fn out(call: &Grade) -> Result<&Path> {
    call.out.as_deref().context("name the folder of the grading: `--out DIR`")
}

/// What of this call each shard has to be judged with.
fn options(call: &Grade) -> Vec<String> {
    let (own, usual) = (&call.effort, Effort::default());
    let mut options = Vec::new();
    if let Some(sandbox) = call.sandbox {
        options.push(format!("--sandbox={}", sandbox.name()));
    }
    if own.seed != usual.seed {
        options.push(format!("--seed={}", own.seed));
    }
    if call.first_finding {
        options.push("--first-finding".to_owned());
    }
    if let Some(schedules) = own.schedules {
        options.push(format!("--schedules={schedules}"));
    }
    if own.limit() != usual.limit() {
        options.push(format!("--timeout={}", own.limit().as_secs()));
    }
    options
}

fn depth(call: &Grade) -> Depth {
    if call.first_finding { Depth::FirstFinding } else { Depth::Whole }
}

/// A result for a learner, and the proof of an archive, know how much they judge.
fn refuse_first_finding(call: &Grade) -> Result<()> {
    if call.first_finding {
        bail!(
            "`--first-finding` is for `grade`, `grade run`, `grade regrade` and `grade slurm`; \
             leave it out of this command"
        );
    }
    Ok(())
}

fn jobs(call: &Grade) -> Option<usize> {
    call.jobs.map(usize::from)
}

fn given(call: &Grade) -> Given<'_> {
    Given {
        assignment: call.assignment.as_deref(),
        extensions: call.extensions.as_deref(),
        earlier: &call.earlier,
    }
}

fn wanted<'a>(format: Format, sheet: Option<&'a Path>, column: Option<&'a str>) -> Result<Export<'a>> {
    Ok(match (format, sheet) {
        (Format::Junit, _) => Export::Junit,
        (Format::Class, _) => Export::Class,
        (Format::Similarity, _) => Export::Similarity,
        (Format::Canvas, Some(sheet)) => {
            Export::Canvas { sheet, column: column.context("name the column to fill in: `--column TITLE`")? }
        }
        (Format::Moodle, Some(sheet)) => Export::Moodle { sheet },
        (Format::Canvas | Format::Moodle, None) => {
            bail!(
                "name the sheet that your LMS exported: `--sheet FILE`; this command fills it in, and never makes one"
            )
        }
    })
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
            "this machine can't run the submissions in a jail: {error:#}\n\
             grade on another machine; if this one holds nothing of value, you can add `--sandbox none`"
        ))
        .into()
    })
}

/// Puts the shards together, or says which of them have to run again.
fn merge(screen: &Screen, out: &Path) -> Result<Outcome> {
    let merged = grade::merge(out)?;
    merged.notes.iter().try_for_each(|note| screen.say(note))?;
    if merged.problems.is_empty() {
        screen.say(&format!(
            "{} shards: {} records merged, {} kept from before; {} undecided",
            merged.shards, merged.merged, merged.kept, merged.undecided
        ))?;
        return Ok(if merged.undecided == 0 { Outcome::AllPassed } else { Outcome::SomeFailed });
    }
    for (shard, problems) in &merged.problems {
        problems.iter().try_for_each(|problem| screen.say(&format!("shard {shard}: {problem}")))?;
    }
    let again: Vec<String> = merged.problems.keys().map(ToString::to_string).collect();
    screen.say(&format!(
        "nothing was merged; of {} shards, run these again: {}",
        merged.shards,
        again.join(",")
    ))?;
    Ok(Outcome::SomeFailed)
}

fn take_in(screen: &Screen, course: &Course, call: &Grade, from: &Path, shards: Option<u32>) -> Result<()> {
    let class = Class { from, roster: call.roster.as_deref(), submitted: call.submitted.as_deref(), shards };
    let said = grade::plan(course, out(call)?, &class, &given(call))?;
    said.iter().try_for_each(|line| screen.say(line))
}

fn with_bench(
    screen: &Screen,
    course: &Course,
    call: &Grade,
    sandbox: &str,
    work: impl FnOnce(&Bench<'_>) -> Result<Outcome>,
) -> Result<Outcome> {
    let base = open_base(screen, course)?;
    let mut judge: Judge<'_> = judge(screen, course, &base, effort(&call.effort));
    quiet(&mut judge);
    let note = |text: &str| screen.note(text);
    work(&Bench { course, judge: &judge, sandbox, jobs: jobs(call), depth: depth(call), note: &note })
}

fn told(screen: &Screen, ran: Ran) -> Result<Outcome> {
    screen.say(&format!(
        "{} judged now, {} kept from before; {} undecided, {} not handed in",
        ran.judged, ran.kept, ran.undecided, ran.not_submitted
    ))?;
    if ran.otherwise_made > 0 {
        screen.note(&format!(
            "{} of the kept records were made by other checks, another toolchain or other limits; \
             `cargo checker grade regrade` shows the verdicts that they would get now",
            ran.otherwise_made
        ));
    }
    Ok(if ran.undecided == 0 { Outcome::AllPassed } else { Outcome::SomeFailed })
}

fn report(screen: &Screen, course: &Course, out: &Path, open: bool) -> Result<()> {
    let page = grade::report(course, out)?;
    screen.say(&format!("wrote {} and a page for each learner", page.display()))?;
    if open { browser::open(&page) } else { Ok(()) }
}
