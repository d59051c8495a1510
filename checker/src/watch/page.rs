//! The text of each pane of the watch view, with the escape codes of its colours.

use super::model::{Model, Pane, Phase};
use crate::course::explanation::needs_own;
use crate::course::hints;
use crate::show::markdown::{Answers, rendered};
use crate::show::report::{Extent, Subject, summary};
use crate::show::style::{Style, counted, look};
use crate::show::{comparison, lanes};
use crate::verdict::{Report, State, Status};
use anyhow::Result;
use colored::Colorize;
use std::fmt::Write;

/// After so many verdicts with the same finding, somebody is told where help is.
const STUCK: u32 = 3;

/// The heading and the text of the pane, wrapped for `width` columns.
pub fn text(model: &Model<'_>, width: usize) -> (String, String) {
    let style = Style { width: width.clamp(20, 110), columns: width, ..model.style.clone() };
    match &model.pane {
        Pane::Verdict => ("Verdict".to_owned(), verdict(model, &style)),
        Pane::Task => ("Task".to_owned(), prose_or_error(&style, &model.texts.task, Answers::Shown)),
        Pane::Lesson => {
            let answers = if model.answers { Answers::Shown } else { Answers::Folded("a opens it") };
            ("Lesson".to_owned(), prose_or_error(&style, &model.texts.lesson, answers))
        }
        Pane::Hint(step) => hint(model, &style, *step),
        Pane::Lanes => ("Replay · t: choose the next thread".to_owned(), replay(model, width)),
        Pane::Compare(index) => compare(model, &style, *index),
        Pane::Reset => {
            let text = format!(
                "Reset {} to its original state? Your file is kept, and you are told where.\n\ny  reset\nany other key  cancel",
                model.exercise().name
            );
            ("Reset".to_owned(), style.wrapped(&text, "", ""))
        }
        Pane::Keys => ("Keys".to_owned(), keys()),
        // The list is drawn, not written.
        Pane::List { .. } => ("Exercises".to_owned(), String::new()),
    }
}

/// Every key and what it does.
fn keys() -> String {
    const KEYS: [(&str, &str); 26] = [
        ("n, p", "the next exercise, and the one before"),
        ("l", "all exercises; / searches them, Enter goes there, Esc goes back"),
        ("i", "the task: what the exercise asks, and its contract"),
        ("o", "the lesson"),
        ("a", "in the lesson: opens the folded answers, and closes them"),
        ("h", "a hint; again for the next one"),
        ("t", "the steps of the first failure, one lane for each thread; again to choose them yourself"),
        ("e", "your editor, at the line of the failure"),
        ("r", "judge again; saving the file does that, too"),
        ("c", "other programs that pass, once yours has"),
        ("x", "reset the exercise; your file is kept"),
        ("Esc", "back to the verdict"),
        ("", ""),
        ("↑ ↓, k j", "a line up or down"),
        ("PgUp PgDn", "a page up or down; the space bar goes down, too"),
        ("Home End, g G", "the beginning and the end"),
        ("", ""),
        ("^Z", "suspend; `fg` comes back"),
        ("q, ^C", "quit; nothing is lost"),
        ("", ""),
        ("✓ ✗", "a clause holds in all schedules that were tried, or is broken"),
        ("~", "a clause holds in a first look; the full check follows"),
        ("○ ·", "a todo!() is not filled in yet; not checked yet"),
        ("-", "not reached: another failure ended the runs first"),
        ("?", "nothing was proven: time ran out first"),
        ("", ""),
    ];
    KEYS.iter().map(|(key, word)| format!("{key:<14} {word}").trim_end().to_owned() + "\n").collect()
}

/// How the run stands, in one line.
pub fn status(model: &Model<'_>) -> String {
    let run = &model.run;
    let seconds = match run.began.elapsed().as_secs() {
        0 | 1 => String::new(),
        seconds => format!(" · {seconds} s"),
    };
    match &run.phase {
        Phase::Note(text) => format!("▶ {text}{seconds}"),
        Phase::Compiling => format!("▶ compiling{seconds}"),
        Phase::Running(check) => {
            let checks = run.listed.len();
            let stage = match run.done() {
                0 if run.looked.len() < checks => {
                    format!("first look: {} of {checks} checks", run.looked.len())
                }
                done => format!("{done} of {checks} checks done"),
            };
            let schedules = counted(run.schedules(), "schedule", "schedules");
            format!("▶ {stage} · {schedules} · {}{seconds}", check.replace('_', " "))
        }
        Phase::Trouble(_) => "✗ the checker failed; your program is not at fault".to_owned(),
        Phase::Judged => run.report.as_ref().map_or_else(String::new, |report| {
            let (sign, word, _) = look(State::of(report));
            format!("{sign} {word}{}", summary(report))
        }),
    }
}

fn prose_or_error(style: &Style, text: &Result<String>, answers: Answers) -> String {
    match text {
        Ok(text) => rendered(style, text, answers),
        Err(error) => format!("{error:#}"),
    }
}

fn verdict(model: &Model<'_>, style: &Style) -> String {
    let (run, exercise) = (&model.run, model.exercise());
    if let Phase::Trouble(text) = &run.phase {
        return style.wrapped(text, "", "");
    }
    // Before all is known, what is known already.
    let so_far;
    let report = match run.held.as_ref().or(run.report.as_ref()) {
        Some(report) => report,
        None => {
            so_far = Report::of_checks(&exercise.name, run.checks.clone(), 0);
            &so_far
        }
    };
    let mut bytes = Vec::new();
    if !report.warnings.is_empty() && report.verdict == Status::Passed {
        bytes.extend_from_slice(report.warnings.as_bytes());
        bytes.extend_from_slice(b"\n\n");
    }
    let subject = Subject { exercise, material: &model.texts.material, source: None };
    let told = style.explained(&mut bytes, subject, report, Extent::First);
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    if let Err(error) = told {
        text = format!("{error:#}");
    }
    if run.report.is_some() && report.verdict == Status::Passed {
        let others = model.texts.choices.len();
        let done = model.standing.tally;
        let next = if done.passed == done.exercises {
            "Every exercise has passed.".to_owned()
        } else {
            "n opens the next exercise.".to_owned()
        };
        let passed = format!(
            "Your program keeps its contract.\n\n{next} c shows how the solution and {} other right programs differ from \
             yours, and when to choose each. h shows all hints.",
            others.saturating_sub(1)
        );
        text += &style.wrapped(&passed, "", "");
    } else if run.report.as_ref().is_some_and(Report::is_unfinished) {
        let begin = format!(
            "\nRead the task (i) and the lesson (o), then edit {} (e). When you save it, it is judged.",
            exercise.source().display()
        );
        text += &style.wrapped(&begin, "", "");
    } else if let Some(kind) =
        run.report.as_ref().and_then(|report| report.findings().next()).map(|it| it.1.kind)
        && needs_own(kind)
        && model.progress.in_a_row(exercise) >= STUCK
    {
        let mut help = format!(
            "\nThis is verdict {} in a row with `{kind}`. A hint (h) may help, and the lesson (o) explains more.",
            model.progress.in_a_row(exercise),
        );
        if model.texts.has_game {
            // Writing to a string can't fail.
            let _ = write!(
                help,
                " In the lesson's game, you decide which thread runs next: `cargo checker play {}`.",
                exercise.about.lesson
            );
        }
        text += &style.wrapped(&help, "", "");
    } else if run.is_going_on() && text.is_empty() {
        text = "Nothing has failed so far.".dimmed().to_string();
    }
    text
}

fn hint(model: &Model<'_>, style: &Style, step: usize) -> (String, String) {
    let exercise = model.exercise();
    let all = &model.texts.hints;
    let passed = model.progress.has_passed(exercise);
    let mut text = String::new();
    for (index, hint) in all.iter().enumerate().filter(|(index, _)| passed || index + 1 == step) {
        // Writing to a string can't fail.
        let _ = writeln!(text, "{}\n", format!("{}. {}", index + 1, hint.title).bold());
        let _ = writeln!(text, "{}\n", rendered(style, &hints::words(hint), Answers::Shown));
    }
    let opened = model.progress.opened(exercise);
    let next = hints::offered(all, &model.progress.findings(exercise), &opened);
    let foot = if passed {
        "The exercise has passed, so all hints are here.".to_owned()
    } else if opened.contains(&next) {
        let others = if opened.len() > 1 { "h shows them in turn, " } else { "" };
        format!("{} of {} opened. {others}Esc goes back.", opened.len(), all.len())
    } else {
        format!("{} of {} opened. h opens the next one, Esc goes back.", opened.len(), all.len())
    };
    text += &foot.dimmed().to_string();
    (format!("Hint {step} of {}", all.len()), text)
}

fn replay(model: &Model<'_>, width: usize) -> String {
    let Some((check, finding)) = model.run.first() else {
        return "There is no failure to replay.".to_owned();
    };
    let events = finding.schedule.as_ref().map(|schedule| schedule.events.as_slice()).unwrap_or_default();
    if events.is_empty() {
        let still = if model.run.is_going_on() { " yet" } else { "" };
        return format!("No steps of {} are known{still}.", check.name);
    }
    let sources = &model.texts.material.sources;
    let head = format!("{} · clause {}", check.name, check.clause).bold();
    let seed = finding.seed.map(|seed| format!(" · seed {seed}")).unwrap_or_default();
    format!("{head}{seed}\n\n{}", lanes::draw(sources, events, finding.kind, width).join("\n"))
}

fn compare(model: &Model<'_>, style: &Style, index: usize) -> (String, String) {
    let choices = &model.texts.choices;
    let Some(choice) = choices.get(index) else {
        return ("Compare".to_owned(), "there is no other program".to_owned());
    };
    let difference = match &model.texts.own {
        Ok(own) => {
            comparison::difference(model.exercise(), own, choice).unwrap_or_else(|it| format!("{it:#}"))
        }
        Err(error) => format!("{error:#}"),
    };
    let words = style.wrapped(&choice.words, "", "");
    let title = format!("{} · {} of {} · c shows another", choice.name, index + 1, choices.len());
    (title, format!("{words}\n\n{difference}"))
}
