//! The account of a verdict, as text: what happened, where, how, what was promised, and the likely cause.

use crate::course::Exercise;
use crate::show::inputs;
use crate::show::lanes;
use crate::show::markdown::unstressed;
use crate::show::material::Material;
use crate::show::sources::Sources;
use crate::show::style::{LABEL, Style, counted, look, look_of_check, paragraphs, thousands};
use crate::show::timeline;
use crate::show::times;
use crate::verdict::facts::Facts;
use crate::verdict::{Check, Exhausted, Finding, Kind, Report, State, Status, causes};
use anyhow::Result;
use colored::Colorize;
use std::io::Write;
use std::path::Path;

/// A schedule longer than this is shown by `replay`, not by the way.
pub const LANES_LIMIT: usize = 30;
/// Of more threads than this, the rest is counted: a program may have started hundreds at one line.
const THREADS_LIMIT: usize = 12;
/// Of more checks that saw the same, the rest is counted.
const ALSO_LIMIT: usize = 5;

/// What a report is about.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub exercise: &'a Exercise,
    pub material: &'a Material,
    /// The file that was judged in place of the learner's own.
    pub source: Option<&'a Path>,
}

/// How many of the findings to explain.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Extent {
    All,
    First,
}

/// What one report has said so far: a promise that three checks found broken is read once.
#[derive(Default)]
struct Said(Vec<String>);

impl Said {
    /// Whether this was said before; from now on it was.
    fn again(&mut self, text: &str) -> bool {
        let was_said = self.0.iter().any(|said| said == text);
        if !was_said && !text.trim().is_empty() {
            self.0.push(text.to_owned());
        }
        was_said
    }
}

impl Style {
    /// One exercise's verdict, with every finding explained.
    pub fn report(&self, out: &mut dyn Write, subject: Subject<'_>, report: &Report) -> Result<()> {
        if !report.warnings.is_empty() {
            writeln!(out, "{}\n", report.warnings)?;
        }
        let (sign, word, colour) = look(State::of(report));
        let title = format!("{sign} {}: {word}", report.exercise);
        writeln!(out, "{}{}", title.color(colour).bold(), summary(report))?;
        // Of a stub there is one thing to say.
        let is_stub = report.checks.iter().all(|check| check.kind() == Some(Kind::Unfinished));
        for check in report.checks.iter().filter(|_| !is_stub) {
            self.check_line(out, check)?;
        }
        for note in &report.notes {
            writeln!(out, "{}", self.wrapped(note, "  ", "  ").dimmed())?;
        }
        if report.finding.is_some() || report.verdict != Status::Passed {
            writeln!(out)?;
        }
        self.explained(out, subject, report, Extent::All)
    }

    /// What was found, each thing once.
    pub fn explained(
        &self,
        out: &mut dyn Write,
        subject: Subject<'_>,
        report: &Report,
        extent: Extent,
    ) -> Result<()> {
        if let Some(finding) = &report.finding {
            self.refusal(out, subject, finding)?;
        }
        let mut said = Said::default();
        for (place, cause) in causes::of(&report.checks).into_iter().enumerate() {
            let check = &report.checks[cause.shown];
            let Some(finding) = &check.finding else { continue };
            let finding = &Finding { kind: cause.kind, ..finding.clone() };
            if place > 0 {
                if extent == Extent::First {
                    return Ok(());
                }
                writeln!(out)?;
            }
            self.one_of_several(out, subject, check, finding, LANES_LIMIT, &mut said)?;
            // Where else a `todo!()` is reached tells nothing.
            if finding.kind != Kind::Unfinished {
                let also: Vec<&Check> = cause.also.iter().map(|index| &report.checks[*index]).collect();
                self.also(out, finding, &also)?;
            }
        }
        Ok(())
    }

    /// The other checks that saw the same, a line each.
    fn also(&self, out: &mut dyn Write, finding: &Finding, others: &[&Check]) -> Result<()> {
        let more = others.len().saturating_sub(ALSO_LIMIT);
        let shown = if more == 1 { others.len() } else { others.len().min(ALSO_LIMIT) };
        for (index, other) in others[..shown].iter().enumerate() {
            let label = match (index, finding.left_out) {
                (0, true) => "also",
                (0, false) => "also seen by",
                _ => "",
            };
            let mut line = format!("{} (clause {})", other.name, other.clause);
            if let Some(seen) = other.finding.as_ref().filter(|_| !finding.left_out) {
                let kind = if seen.kind == finding.kind { None } else { Some(seen.kind.to_string()) };
                let steps = seen.schedule.as_ref().map(|schedule| counted(schedule.steps, "step", "steps"));
                let said: Vec<String> = kind.into_iter().chain(steps).collect();
                line += &said.iter().map(|said| format!(", {said}")).collect::<String>();
            }
            self.field(out, label, &line)?;
        }
        if shown < others.len() {
            self.field(out, "", &format!("… and {more} more checks"))?;
        }
        Ok(())
    }

    fn check_line(&self, out: &mut dyn Write, check: &Check) -> Result<()> {
        let (sign, word, colour) = look_of_check(check);
        let said = if check.status == Status::Passed { String::new() } else { format!("  {word}") };
        let schedules = match check.schedules {
            0 => String::new(),
            some => counted(some, "schedule", "schedules"),
        };
        let name = format!("clause {:<2} {}{said}", check.clause, check.name.replace('_', " "));
        let used = 4 + name.chars().count() + schedules.len();
        let gap = " ".repeat(self.width.min(100).saturating_sub(used).max(2));
        writeln!(out, "  {} {name}{gap}{}", sign.color(colour), schedules.dimmed())?;
        if let Some(Exhausted { what, interleavings }) = &check.exhausted {
            let all = format!("and every interleaving of {what} ({})", thousands(*interleavings));
            writeln!(out, "{:>width$}", all.dimmed(), width = self.width.min(100))?;
        }
        Ok(())
    }

    /// A program that was not run. The compiler's own words are shown as they are, and once.
    fn refusal(&self, out: &mut dyn Write, subject: Subject<'_>, finding: &Finding) -> Result<()> {
        let Subject { exercise, material, .. } = subject;
        writeln!(out, "{}", format!("{} · {}", exercise.name, finding.kind).bold())?;
        if let Some(lacks) = &finding.lacks {
            writeln!(out, "{}\n", self.wrapped(lacks, "", ""))?;
        }
        // Our own sentence, or the compiler's words, which have their lines already.
        match finding.message.contains('\n') {
            true => writeln!(out, "{}", finding.message)?,
            false => writeln!(out, "{}", self.wrapped(&finding.message, "", ""))?,
        }
        writeln!(out)?;
        self.likely(out, material.explanations.of(finding.kind, None))
    }

    fn likely(&self, out: &mut dyn Write, text: &str) -> Result<()> {
        if text.trim().is_empty() {
            return Ok(());
        }
        self.field(out, "likely cause", &paragraphs(text, &mut false).join("\n"))
    }

    /// One thing that a check found, in full.
    pub fn finding(
        &self,
        out: &mut dyn Write,
        subject: Subject<'_>,
        check: &Check,
        finding: &Finding,
        lanes_limit: usize,
    ) -> Result<()> {
        self.one_of_several(out, subject, check, finding, lanes_limit, &mut Said::default())
    }

    /// As [`Self::finding`], without what was `said` of those before it.
    fn one_of_several(
        &self,
        out: &mut dyn Write,
        subject: Subject<'_>,
        check: &Check,
        finding: &Finding,
        lanes_limit: usize,
        said: &mut Said,
    ) -> Result<()> {
        let Subject { exercise, material, source } = subject;
        let (sign, _, colour) = look_of_check(check);
        let left_out = finding.left_out;
        let word = if left_out { check.status.name() } else { finding.kind.name() };
        let title = format!("{sign} {} · clause {} · {word}", check.name, check.clause);
        writeln!(out, "{}", title.color(colour).bold())?;
        if finding.kind == Kind::Unfinished || left_out {
            return self.field(out, "happened", &finding.message);
        }
        self.field(out, "happened", &times::readable(&finding.message))?;
        if let Some(moment) = finding.moment.as_ref().filter(|_| self.pictures) {
            let width = self.width.min(100).saturating_sub(LABEL);
            for (index, line) in timeline::draw(moment, width).into_iter().enumerate() {
                self.field(out, if index == 0 { "time" } else { "" }, &line)?;
            }
        }
        if let Some(input) = &finding.input {
            self.field(out, "input", &inputs::named(&material.checks, &check.name, input))?;
        }
        self.places(out, &material.sources, finding)?;
        for (index, sentence) in finding.why.iter().enumerate() {
            self.field(out, if index == 0 { "why" } else { "" }, sentence)?;
        }
        self.run(out, &material.sources, finding, lanes_limit)?;
        if let Some(promise) = material.contract.get((check.clause as usize).wrapping_sub(1)) {
            let promise = unstressed(promise);
            let promise = if said.again(&promise) { "(as above)" } else { &promise };
            self.field(out, "promised", &format!("{}. {promise}", check.clause))?;
        }
        let likely = material.explanations.likely(finding.kind, Some(check.clause), &Facts::of(finding));
        self.likely(out, if said.again(&likely) { "(as above)" } else { &likely })?;
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

    /// Where each thread stood, and what was printed.
    pub fn places(&self, out: &mut dyn Write, sources: &Sources, finding: &Finding) -> Result<()> {
        // A thread that has not come to the learner's code yet is nowhere that would tell them anything.
        let places = finding.threads.iter().map(|thread| {
            let place = thread.file.as_ref().zip(thread.line);
            (thread, place.filter(|(file, _)| causes::is_learners(file)))
        });
        let told = places.filter(|(thread, place)| place.is_some() || thread.waiting_for.is_some());
        let told: Vec<_> = told.collect();
        for (index, (thread, place)) in told.iter().take(THREADS_LIMIT).enumerate() {
            let shown = place.map(|(file, line)| format!("  {file}:{line}")).unwrap_or_default();
            self.field(out, if index == 0 { "where" } else { "" }, &format!("{}{shown}", thread.name))?;
            if let Some((line, text)) = place.and_then(|(file, line)| Some((line, sources.line(file, line)?)))
            {
                writeln!(out, "{:LABEL$}{line:>4} │ {text}", "")?;
            }
            let caller = place
                .zip(thread.caller)
                .and_then(|((file, _), line)| Some((line, sources.line(file, line)?)));
            if let Some((line, text)) = caller {
                writeln!(out, "{:LABEL$}{line:>4} │ {text}   (called from here)", "")?;
            }
            if let Some(what) = &thread.waiting_for {
                self.field(out, "", &format!("waits for {what}"))?;
            }
        }
        if told.len() > THREADS_LIMIT {
            let more = counted((told.len() - THREADS_LIMIT) as u64, "more thread", "more threads");
            self.field(out, "", &format!("… and {more}"))?;
        }
        if let Some(printed) = finding.printed.as_ref().filter(|printed| !printed.trim().is_empty()) {
            let lines: Vec<&str> = printed.lines().collect();
            for (index, line) in lines.iter().skip(lines.len().saturating_sub(10)).enumerate() {
                writeln!(out, "{:LABEL$}{line}", if index == 0 { "  printed" } else { "" })?;
            }
        }
        Ok(())
    }

    /// The steps that led there, as lanes; of many rows the last.
    pub fn run(
        &self,
        out: &mut dyn Write,
        sources: &Sources,
        finding: &Finding,
        lanes_limit: usize,
    ) -> Result<()> {
        let steps = finding.schedule.as_ref().filter(|schedule| self.pictures && !schedule.events.is_empty());
        if let Some(schedule) = steps {
            let width = self.columns.saturating_sub(2);
            let mut lines = lanes::draw(sources, &schedule.events, finding.kind, width);
            let how = format!(
                "{} and {} between threads",
                counted(schedule.steps, "step", "steps"),
                counted(schedule.switches, "switch", "switches")
            );
            self.field(out, "how", &how)?;
            let left_out = lines.len().saturating_sub(lanes_limit);
            if left_out > 0 {
                // The names of the threads stand above whatever is shown.
                let heads = usize::from(lanes::has_heads(&schedule.events, width));
                lines.iter().take(heads).try_for_each(|line| writeln!(out, "  {line}"))?;
                writeln!(out, "  … {}", counted(left_out as u64, "earlier row", "earlier rows"))?;
                lines.drain(..left_out.max(heads));
            }
            // The end is where it goes wrong.
            lines.iter().try_for_each(|line| writeln!(out, "  {line}"))?;
        }
        Ok(())
    }
}

/// How much passed, after how much work.
pub fn summary(report: &Report) -> String {
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
