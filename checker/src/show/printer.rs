//! Everything the command prints line by line. A state is told by a word and a sign; colour only repeats it.

use crate::course::hints::words;
use crate::course::overview::hours;
use crate::course::{Course, Exercise, Hint};
use crate::legible;
use crate::show::markdown::{Answers, rendered};
use crate::show::report::Subject;
use crate::show::style::{Style, details, lesson_title, look};
use crate::verdict::{Check, Finding, Report, State};
use anyhow::Result;
use colored::Colorize;
use serde::Serialize;
use std::io::{self, Write};

pub struct Screen {
    pub style: Style,
}

impl Screen {
    /// A screen that looks like `style`.
    pub fn new(style: Style) -> Screen {
        Screen { style }
    }

    /// Tells what goes on meanwhile; on stderr, so that stdout has results only.
    pub fn note(&self, text: &str) {
        for line in textwrap::wrap(&legible::plain(text), self.style.width) {
            eprintln!("{}", self.style.encoded(&line));
        }
    }

    /// Tells of trouble that is not the learner's.
    pub fn trouble(&self, error: &anyhow::Error) {
        eprintln!("{}", self.style.encoded(&legible::plain(&format!("error: {error}"))));
        for cause in error.chain().skip(1) {
            eprintln!("{}", self.style.encoded(&legible::plain(&format!("  because: {cause}"))));
        }
    }

    /// Prints text that was made ready elsewhere, such as a picture or the words of clap.
    pub fn raw(&self, text: &str) -> Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        Ok(out.flush()?)
    }

    pub fn json(&self, value: &impl Serialize) -> Result<()> {
        self.raw(&(serde_json::to_string_pretty(value)? + "\n"))
    }

    /// The lessons and exercises with their states.
    pub fn list<'a>(
        &self,
        course: &Course,
        exercises: &[&'a Exercise],
        state: impl Fn(&'a Exercise) -> State,
    ) -> Result<()> {
        let mut text = String::new();
        let mut lesson = None;
        let name_width = exercises.iter().map(|exercise| exercise.name.len()).max().unwrap_or(0);
        for &exercise in exercises {
            let about = &exercise.about;
            if lesson != Some(about.lesson) {
                lesson = Some(about.lesson);
                let rest = lesson_details(course, about.lesson);
                text += &format!("{}{}\n", lesson_title(exercise).bold(), rest.dimmed());
            }
            let (sign, word, colour) = look(state(exercise));
            let left = format!("  {} {:name_width$}  ", sign.color(colour), exercise.name);
            let tail = format!("{} · about {} min", details(exercise), about.minutes);
            // Sign, name and word are what the list is for; the rest goes on a line of its own if it must.
            text += &if 4 + name_width + 2 + 22 + tail.chars().count() <= self.style.width {
                format!("{left}{:20}  {}\n", word.color(colour), tail.dimmed())
            } else {
                format!("{left}{}\n    {}\n", word.color(colour), tail.dimmed())
            };
        }
        self.raw(&self.style.encoded(&text))
    }

    /// The ways through the course, if it has some.
    pub fn ways(&self, course: &Course) -> Result<()> {
        let ways = course.overview.as_ref().map_or(&[][..], |overview| &overview.ways);
        if ways.is_empty() {
            return Ok(());
        }
        self.say(&format!("\n{}", "Ways through the course".bold()))?;
        let width = ways.iter().map(|way| way.name.chars().count()).max().unwrap_or(0);
        let rest = " ".repeat(width + 4);
        for way in ways {
            let words = format!("  {:width$}  {}: {}", way.name, way.takes, way.does);
            self.raw(&self.style.encoded(&(self.style.wrapped(&words, "", &rest) + "\n")))?;
        }
        Ok(())
    }

    /// One hint, and then the lines of `foot`.
    pub fn hint(&self, hints: &[Hint], step: usize, foot: &[String]) -> Result<()> {
        let hint = &hints[step - 1];
        let title = format!("Hint {step} of {}: {}", hints.len(), hint.title);
        self.say(&title.bold().to_string())?;
        self.say("")?;
        self.prose(&words(hint), Answers::Shown)?;
        self.say("")?;
        foot.iter().try_for_each(|line| self.say(line))
    }

    /// Says so if something could not be kept; what was found out is no less true for that.
    pub fn keep(&self, kept: Result<()>) {
        if let Err(error) = kept {
            self.note(&format!("warning: {error:#}"));
        }
    }

    /// Markdown, as the screen can show it.
    pub fn prose(&self, text: &str, answers: Answers) -> Result<()> {
        self.raw(&(self.style.encoded(&rendered(&self.style, text, answers)) + "\n"))
    }

    /// One exercise's verdict, with every finding explained.
    pub fn report(&self, subject: Subject<'_>, report: &Report) -> Result<()> {
        let mut text = Vec::new();
        self.style.report(&mut text, subject, report)?;
        self.raw(&self.style.encoded(&String::from_utf8_lossy(&text)))
    }

    /// One schedule of one check, step by step.
    pub fn replay(&self, subject: Subject<'_>, check: &Check, finding: &Finding) -> Result<()> {
        let mut text = Vec::new();
        self.style.finding(&mut text, subject, check, finding, usize::MAX)?;
        self.raw(&self.style.encoded(&String::from_utf8_lossy(&text)))
    }

    pub fn say(&self, text: &str) -> Result<()> {
        self.raw(&self.style.encoded(&(self.style.wrapped(text, "", "") + "\n")))
    }

    /// One line of `verify`.
    pub fn verified(&self, program: &str, outcome: Result<&str, &anyhow::Error>) -> Result<()> {
        let line = match outcome {
            Ok(said) => format!("{} {program}  {}\n", "✓ ok    ".green(), said.dimmed()),
            Err(error) => format!("{} {program}  {error:#}\n", "✗ FAILED".red()),
        };
        self.raw(&self.style.encoded(&line))
    }
}

/// What the list says of a lesson behind its title.
fn lesson_details(course: &Course, lesson: u32) -> String {
    let Some(overview) = &course.overview else { return String::new() };
    let of_lesson = course.exercises.iter().map(|exercise| &exercise.about).filter(|it| it.lesson == lesson);
    let minutes = overview.chapter + of_lesson.map(|about| about.minutes).sum::<u32>();
    let needs = overview.needs(lesson).map_or(String::new(), |needs| {
        let lessons = if needs.contains(' ') { "lessons" } else { "lesson" };
        format!(" · needs {lessons} {needs}")
    });
    format!(" · about {} h{needs}", hours(minutes))
}

/// Whether `error` is that nobody reads what we print any more.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let kinds = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    kinds.into_iter().any(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
