//! Everything the command prints. A state is told by a word and a sign; colour only repeats it.

use crate::course::{Course, Exercise, Hint};
use crate::explanation;
use crate::lanes;
use crate::progress::State;
use crate::verdict::{Check, Finding, Kind, Report, Status};
use anyhow::Result;
use colored::{Color, Colorize};
use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

/// The column in which the text of an explanation begins.
const LABEL: usize = 11;
/// A schedule longer than this is shown by `replay`, not by the way.
const LANES_LIMIT: usize = 30;

/// What a report is about.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub course: &'a Course,
    pub exercise: &'a Exercise,
    /// The file that was judged in place of the learner's own.
    pub source: Option<&'a Path>,
}

pub struct Screen {
    pub width: usize,
    pub colour: bool,
}

impl Screen {
    /// Finds out how wide the terminal is and whether it wants colours.
    pub fn new() -> Screen {
        let from_env = || std::env::var("COLUMNS").ok()?.parse::<usize>().ok();
        let from_terminal = || terminal_size::terminal_size().map(|(width, _)| width.0 as usize);
        let width = from_env().or_else(from_terminal).unwrap_or(100).clamp(30, 110);
        let says =
            |variable| std::env::var_os(variable).is_some_and(|value| !value.is_empty() && value != "0");
        let colour = !says("NO_COLOR") && (says("CLICOLOR_FORCE") || io::stdout().is_terminal());
        colored::control::set_override(colour);
        Screen { width, colour }
    }

    /// Tells what goes on meanwhile; on stderr, so that stdout has results only.
    pub fn note(&self, text: &str) {
        for line in textwrap::wrap(text, self.width) {
            eprintln!("{line}");
        }
    }

    /// Tells of trouble that is not the learner's.
    pub fn trouble(&self, error: &anyhow::Error) {
        eprintln!("error: {error}");
        for cause in error.chain().skip(1) {
            eprintln!("  because: {cause}");
        }
    }

    pub fn json(&self, reports: &[Report]) -> Result<()> {
        writeln!(io::stdout().lock(), "{}", serde_json::to_string_pretty(reports)?)?;
        Ok(())
    }

    /// The lessons and exercises with their states.
    pub fn list(&self, course: &Course, state: impl Fn(&Exercise) -> State) -> Result<()> {
        let mut out = io::stdout().lock();
        let mut lesson = None;
        let name_width = course.exercises.iter().map(|exercise| exercise.name.len()).max().unwrap_or(0);
        for exercise in &course.exercises {
            let about = &exercise.about;
            if lesson != Some(about.lesson) {
                lesson = Some(about.lesson);
                let name = exercise.lesson_dir.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
                writeln!(out, "{}", format!("Lesson {}: {}", about.lesson, name.replace('-', " ")).bold())?;
            }
            let (sign, word, colour) = look(state(exercise));
            let left = format!("  {} {:name_width$}  ", sign.color(colour), exercise.name);
            let tail = format!("{} · {} points · about {} min", about.title, about.points, about.minutes);
            // Sign, name and word are what the list is for; the rest goes on a line of its own if it must.
            if 4 + name_width + 2 + 22 + tail.len() <= self.width {
                writeln!(out, "{left}{:20}  {}", word.color(colour), tail.dimmed())?;
            } else {
                writeln!(out, "{left}{}", word.color(colour))?;
                writeln!(out, "    {}", tail.dimmed())?;
            }
        }
        Ok(())
    }

    pub fn hint(&self, exercise: &Exercise, hints: &[Hint], step: usize) -> Result<()> {
        let mut out = io::stdout().lock();
        let hint = &hints[step - 1];
        writeln!(out, "{}", format!("Hint {step} of {}: {}", hints.len(), hint.title).bold())?;
        writeln!(out)?;
        let mut fenced = false;
        for paragraph in paragraphs(&hint.text, &mut fenced) {
            writeln!(out, "{}", self.wrapped(&paragraph, "", ""))?;
        }
        if step < hints.len() {
            writeln!(out)?;
            writeln!(out, "the next one: cargo checker hint {} --step {}", exercise.name, step + 1)?;
        }
        Ok(())
    }

    /// One exercise's verdict, with every finding explained.
    pub fn report(&self, subject: Subject<'_>, report: &Report) -> Result<()> {
        let mut out = io::stdout().lock();
        if !report.warnings.is_empty() {
            writeln!(out, "{}\n", report.warnings)?;
        }
        let (sign, word, colour) = look(State::of(report));
        let title = format!("{sign} {}: {word}", report.exercise);
        writeln!(out, "{}{}", title.color(colour).bold(), self.summary(report))?;
        // Of a stub there is one thing to say.
        let is_stub = report.checks.iter().all(|check| check.kind() == Some(Kind::Unfinished));
        for check in report.checks.iter().filter(|_| !is_stub) {
            self.check_line(&mut out, check)?;
        }
        if let Some(finding) = &report.finding {
            writeln!(out)?;
            self.refusal(&mut out, subject, finding)?;
        }
        let mut told: BTreeSet<String> = BTreeSet::new();
        for check in report.checks.iter().filter(|check| check.status != Status::Passed) {
            let Some(finding) = &check.finding else { continue };
            // The same thing seen by another check is not a second thing to understand.
            if told.insert(finding.topic()) {
                let others = report.checks.iter().filter(|other| {
                    other.name != check.name
                        && other.finding.as_ref().is_some_and(|it| it.topic() == finding.topic())
                });
                let others: Vec<String> =
                    others.map(|other| format!("{} (clause {})", other.name, other.clause)).collect();
                let others = match others.as_slice() {
                    named @ ([] | [_] | [_, _] | [_, _, _]) => named.join(", "),
                    [first, second, rest @ ..] => format!("{first}, {second} and {} more checks", rest.len()),
                };
                writeln!(out)?;
                self.finding(&mut out, subject, check, finding, LANES_LIMIT)?;
                if !others.is_empty() {
                    self.field(&mut out, "also", &format!("the same was seen by {others}"))?;
                }
            }
        }
        Ok(())
    }

    /// One schedule of one check, step by step.
    pub fn replay(&self, subject: Subject<'_>, check: &Check, finding: &Finding) -> Result<()> {
        self.finding(&mut io::stdout().lock(), subject, check, finding, usize::MAX)
    }

    pub fn say(&self, text: &str) -> Result<()> {
        writeln!(io::stdout().lock(), "{}", self.wrapped(text, "", ""))?;
        Ok(())
    }

    /// One line of `verify`.
    pub fn verified(&self, program: &str, outcome: Result<&str, &anyhow::Error>) -> Result<()> {
        let mut out = io::stdout().lock();
        match outcome {
            Ok(said) => writeln!(out, "{} {program}  {}", "✓ ok    ".green(), said.dimmed())?,
            Err(error) => writeln!(out, "{} {program}  {error:#}", "✗ FAILED".red())?,
        }
        Ok(())
    }

    fn summary(&self, report: &Report) -> String {
        let total = report.checks.len();
        let passed = report.checks.iter().filter(|check| check.status == Status::Passed).count();
        let seconds = report.duration_ms as f64 / 1000.0;
        match (total, passed == total) {
            (0, _) => format!(" · {seconds:.2} s"),
            (_, true) => {
                format!(" · {total} checks · {} schedules · {seconds:.2} s", thousands(report.schedules()))
            }
            (_, false) => format!(
                " · {passed} of {total} checks passed · {} schedules · {seconds:.2} s",
                thousands(report.schedules())
            ),
        }
    }

    fn check_line(&self, out: &mut dyn Write, check: &Check) -> Result<()> {
        let (sign, word, colour) = look_of_check(check);
        let said = if check.status == Status::Passed { String::new() } else { format!("  {word}") };
        let schedules = match (check.schedules, check.exhaustive) {
            (0, _) => String::new(),
            (many @ 2.., true) => format!("all {} schedules", thousands(many)),
            (some, _) => counted(some, "schedule", "schedules"),
        };
        let name = format!("clause {:<2} {}{said}", check.clause, check.name.replace('_', " "));
        let used = 4 + name.chars().count() + schedules.len();
        let gap = " ".repeat(self.width.min(100).saturating_sub(used).max(2));
        writeln!(out, "  {} {name}{gap}{}", sign.color(colour), schedules.dimmed())?;
        Ok(())
    }

    /// A program that was not run. The compiler's own words are shown as they are, and once.
    fn refusal(&self, out: &mut dyn Write, subject: Subject<'_>, finding: &Finding) -> Result<()> {
        let Subject { course, exercise, .. } = subject;
        writeln!(out, "{}", format!("{} · {}", exercise.name, finding.kind).bold())?;
        writeln!(out, "{}", finding.message)?;
        writeln!(out)?;
        self.field(out, "usually", &explanation::of(&course.root, exercise, finding.kind, None))
    }

    fn finding(
        &self,
        out: &mut dyn Write,
        subject: Subject<'_>,
        check: &Check,
        finding: &Finding,
        lanes_limit: usize,
    ) -> Result<()> {
        let Subject { course, exercise, source } = subject;
        let root = &course.root;
        let contract = exercise.contract(root).unwrap_or_default();
        let (sign, _, colour) = look_of_check(check);
        let title = format!("{sign} {} · clause {} · {}", check.name, check.clause, finding.kind);
        writeln!(out, "{}", title.color(colour).bold())?;
        if finding.kind == Kind::Unfinished {
            return self.field(out, "happened", &finding.message);
        }
        if let Some(promise) = contract.get((check.clause as usize).wrapping_sub(1)) {
            self.field(out, "promised", &format!("{}. {}", check.clause, promise.replace("**", "")))?;
        }
        self.field(out, "happened", &finding.message)?;
        if let Some(input) = &finding.input {
            self.field(out, "input", input)?;
        }
        for (index, thread) in finding.threads.iter().enumerate() {
            // A thread that has not come to the learner's code yet is nowhere that would tell them anything.
            let place =
                thread.file.as_ref().zip(thread.line).filter(|(file, _)| !file.starts_with("checker/"));
            let shown = place.map(|(file, line)| format!("  {file}:{line}")).unwrap_or_default();
            self.field(out, if index == 0 { "where" } else { "" }, &format!("{}{shown}", thread.name))?;
            if let Some((line, text)) =
                place.and_then(|(file, line)| Some((line, lanes::source_line(root, file, line)?)))
            {
                writeln!(out, "{:LABEL$}{line:>4} │ {}", "", text.trim_start())?;
            }
            if let Some(what) = &thread.waiting_for {
                self.field(out, "", &format!("waits for {what}"))?;
            }
        }
        if let Some(printed) = finding.printed.as_ref().filter(|printed| !printed.trim().is_empty()) {
            let lines: Vec<&str> = printed.lines().collect();
            for (index, line) in lines.iter().skip(lines.len().saturating_sub(10)).enumerate() {
                writeln!(out, "{:LABEL$}{line}", if index == 0 { "  printed" } else { "" })?;
            }
        }
        if let Some(schedule) = finding.schedule.as_ref().filter(|schedule| !schedule.events.is_empty()) {
            let lines = lanes::draw(root, &schedule.events, self.width.saturating_sub(2));
            let how = format!(
                "{} and {} between threads",
                counted(schedule.steps, "step", "steps"),
                counted(schedule.switches, "switch", "switches")
            );
            self.field(out, "how", &how)?;
            if lines.len() > lanes_limit {
                writeln!(out, "  … {} earlier steps", lines.len() - lanes_limit)?;
            }
            // The end is where it goes wrong.
            for line in lines.iter().skip(lines.len().saturating_sub(lanes_limit)) {
                writeln!(out, "  {line}")?;
            }
        }
        self.field(out, "usually", &explanation::of(root, exercise, finding.kind, Some(check.clause)))?;
        match finding.seed {
            Some(seed) => {
                let source =
                    source.map(|source| format!(" --source {}", source.display())).unwrap_or_default();
                let command =
                    format!("cargo checker replay {} {} --seed {seed}{source}", exercise.name, check.name);
                // Not wrapped: it is there to be copied.
                writeln!(out, "{:LABEL$}{command}", "  replay".dimmed())?;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// A labelled text; on a narrow terminal the label has a line of its own.
    fn field(&self, out: &mut dyn Write, label: &str, text: &str) -> Result<()> {
        let narrow = self.width < 60;
        let indent = " ".repeat(if narrow { 4 } else { LABEL });
        let label_text = if label.is_empty() { String::new() } else { format!("  {label}") };
        if narrow && !label.is_empty() {
            writeln!(out, "{}", label_text.dimmed())?;
        }
        let mut first = !narrow;
        for line in self.wrapped(text, &indent, &indent).lines() {
            let body = line.strip_prefix(indent.as_str()).unwrap_or(line);
            let lead = if first { format!("{label_text:LABEL$}") } else { indent.clone() };
            writeln!(out, "{}{body}", lead.dimmed())?;
            first = false;
        }
        Ok(())
    }

    /// `text` with each of its lines wrapped.
    fn wrapped(&self, text: &str, first: &str, rest: &str) -> String {
        let options = |lead| {
            textwrap::Options::new(self.width.min(100))
                .initial_indent(lead)
                .subsequent_indent(rest)
                .break_words(false)
                // Paths and names have hyphens that are theirs.
                .word_splitter(textwrap::WordSplitter::NoHyphenation)
        };
        let lines = text.lines().enumerate();
        let lines: Vec<String> = lines
            .map(|(index, line)| textwrap::fill(line, options(if index == 0 { first } else { rest })))
            .collect();
        lines.join("\n")
    }
}

fn look(state: State) -> (&'static str, &'static str, Color) {
    match state {
        State::NotRun => ("·", "not run yet", Color::BrightBlack),
        State::Passed => ("✓", "passed", Color::Green),
        State::Edited => ("~", "passed, edited since", Color::Yellow),
        State::Failed => ("✗", "failed", Color::Red),
        State::Unfinished => ("○", "unfinished", Color::Yellow),
        State::Undecided => ("?", "undecided", Color::Yellow),
    }
}

fn look_of_check(check: &Check) -> (&'static str, &'static str, Color) {
    match (check.status, check.kind()) {
        (Status::Passed, _) => look(State::Passed),
        (Status::Undecided, _) => look(State::Undecided),
        (Status::Failed, Some(Kind::Unfinished)) => look(State::Unfinished),
        (Status::Failed, kind) => {
            let (sign, word, colour) = look(State::Failed);
            (sign, kind.map_or(word, Kind::name), colour)
        }
    }
}

/// Joins the lines of each paragraph, so that they can be wrapped anew; code keeps its lines.
fn paragraphs(text: &str, fenced: &mut bool) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut joining = false;
    for line in text.lines() {
        let fence = line.trim_start().starts_with("```");
        let item = line.trim_start().starts_with(['-', '*', '>', '|']);
        let plain = !*fenced && !fence && !line.is_empty();
        match paragraphs.last_mut() {
            Some(last) if joining && plain && !item => {
                last.push(' ');
                last.push_str(line.trim());
            }
            _ => paragraphs.push(line.to_owned()),
        }
        *fenced ^= fence;
        joining = plain;
    }
    paragraphs
}

fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { many })
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Whether `error` is that nobody reads what we print any more.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let kinds = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    kinds.into_iter().any(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
