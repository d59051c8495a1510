//! What exploring somebody's own package says, as text: a line for each test, then each finding with its lanes.

use crate::legible;
use crate::show::report::LANES_LIMIT;
use crate::show::sources::Sources;
use crate::show::style::{LABEL, Style, counted, thousands};
use crate::show::times;
use crate::verdict::explored::{Exploration, State, Test};
use crate::verdict::facts::Facts;
use crate::verdict::{Finding, Kind};
use anyhow::Result;
use colored::{Color, Colorize};
use std::io::Write;
use std::path::Path;

/// Of what was not run, so much is named.
const NAMED: usize = 12;

impl Style {
    /// One test's line: its name, what became of it, and how many interleavings say so.
    pub fn explored_line(&self, out: &mut dyn Write, test: &Test) -> Result<()> {
        let (sign, colour) = look(test.state);
        let name = legible::line(&test.name);
        let said = said(test);
        let used = 4 + name.chars().count() + said.chars().count();
        // A line of its own where both have no room in one.
        let gap = match self.width.min(100).checked_sub(used) {
            Some(room @ 2..) => " ".repeat(room),
            _ => format!("\n{}", " ".repeat(6)),
        };
        let said = if test.state.is_wrong() { said.color(colour) } else { said.dimmed() };
        writeln!(out, "  {} {name}{gap}{said}", sign.color(colour))?;
        if let (State::Passed, false) = (test.state, test.explored.left.is_empty()) {
            for thread in test.explored.left.iter().take(3) {
                let what = thread.waiting_for.as_deref().unwrap_or("its turn");
                let place = thread.file.as_ref().zip(thread.line);
                let place = place.map(|(file, line)| format!(" at {file}:{line}")).unwrap_or_default();
                let note = format!("note: `{}` is left behind; it waits for {what}{place}", thread.name);
                writeln!(out, "{}", self.wrapped(&note, "      ", "      ").dimmed())?;
            }
        }
        Ok(())
    }

    /// What was found in one test, in full. `root` is where its files are, `replay` what runs its schedule again.
    pub fn explored_finding(
        &self,
        out: &mut dyn Write,
        root: &Path,
        test: &Test,
        finding: &Finding,
        replay: &str,
        whole: bool,
    ) -> Result<()> {
        let (sign, colour) = look(test.state);
        let word = if test.state == State::NotRepeatable { "not repeatable" } else { finding.kind.name() };
        let title = format!("{sign} {} · {word}", legible::line(&test.name));
        writeln!(out, "{}", title.color(colour).bold())?;
        self.field(out, "in", &test.program)?;
        self.field(out, "happened", &times::readable(&legible::text(&finding.message)))?;
        if let Some(often) = often(test) {
            self.field(out, "how often", &often)?;
        }
        let mut sources = Sources::default();
        sources.add(root, finding);
        self.places(out, &sources, finding)?;
        self.run(out, &sources, finding, if whole { usize::MAX } else { LANES_LIMIT })?;
        if test.state != State::NotRepeatable {
            self.field(out, "likely cause", &likely(finding))?;
        }
        if finding.seed.is_some() {
            // Not wrapped: it is there to be copied.
            writeln!(out, "{:LABEL$}{replay}", "  replay".dimmed())?;
        }
        Ok(())
    }

    /// What was counted, and what was not run.
    pub fn explored_summary(&self, out: &mut dyn Write, exploration: &Exploration) -> Result<()> {
        let states = [
            (State::Passed, "passed"),
            (State::Failed, "failed"),
            (State::NotRepeatable, "not repeatable"),
            (State::Undecided, "undecided"),
            (State::NotSimulated, "not simulated"),
            (State::Ignored, "ignored"),
        ];
        let told = states.iter().filter_map(|(state, word)| match exploration.count(*state) {
            0 if *state != State::Passed => None,
            count => Some(format!("{count} {word}")),
        });
        let told: Vec<String> = told.collect();
        let seconds = exploration.duration_ms as f64 / 1000.0;
        let schedules = counted(exploration.schedules(), "schedule", "schedules");
        let all = counted(exploration.tests.len() as u64, "test", "tests");
        writeln!(out, "{all}: {} · {schedules} · {seconds:.2} s", told.join(", "))?;
        let not_run = &exploration.not_run;
        if !not_run.is_empty() {
            writeln!(out, "not run: {}", counted(not_run.len() as u64, "part", "parts"))?;
        }
        for part in not_run.iter().take(NAMED) {
            writeln!(
                out,
                "{}",
                self.wrapped(&format!("{}: {}", part.what, part.why), "  ", "    ").dimmed()
            )?;
        }
        if not_run.len() > NAMED {
            writeln!(out, "  … and {} more", not_run.len() - NAMED)?;
        }
        Ok(())
    }
}

fn look(state: State) -> (&'static str, Color) {
    match state {
        State::Passed => ("✓", Color::Green),
        State::Failed | State::NotRepeatable => ("✗", Color::Red),
        State::Undecided => ("?", Color::Yellow),
        State::NotSimulated | State::Ignored => ("-", Color::BrightBlack),
    }
}

/// What a test's line says behind its name.
fn said(test: &Test) -> String {
    let explored = &test.explored;
    let kind = explored.finding.as_ref().map_or("failed", |finding| finding.kind.name());
    match test.state {
        State::Passed => {
            let tried = counted(explored.schedules, "schedule", "schedules");
            let fresh = if test.fresh { ", a process for each" } else { "" };
            match explored.interleavings {
                Some(all) => format!("{tried}{fresh}; every interleaving ({})", thousands(all)),
                None => format!("{tried}{fresh}"),
            }
        }
        State::Failed if explored.wrong == explored.schedules => {
            format!("{kind}: in {}", all_of(explored.schedules))
        }
        State::Failed => {
            let schedules = counted(explored.schedules, "schedule", "schedules");
            format!("{kind}: in {} of {schedules}", thousands(explored.wrong))
        }
        State::NotRepeatable => "not repeatable".to_owned(),
        State::Undecided => kind.to_owned(),
        State::NotSimulated => "not simulated".to_owned(),
        State::Ignored => match test.ignored.as_deref() {
            Some(why) if !why.is_empty() => format!("ignored: {why}"),
            _ => "ignored".to_owned(),
        },
    }
}

fn all_of(schedules: u64) -> String {
    match schedules {
        1 => "the 1 schedule that was tried".to_owned(),
        some => format!("all {} schedules", thousands(some)),
    }
}

/// The share of the schedules that go wrong, in a sentence.
fn often(test: &Test) -> Option<String> {
    let explored = &test.explored;
    if test.state == State::NotRepeatable {
        return Some(
            "The same seed had another result when it was run again in a new process. So the result depends on something outside of the \
             simulation, such as the system's time or random numbers."
                .to_owned(),
        );
    }
    if explored.schedules < 2 || matches!(test.state, State::NotSimulated | State::Undecided) {
        return None;
    }
    let share = 100.0 * explored.wrong as f64 / explored.schedules as f64;
    let fresh = if test.fresh { ", each in its own process" } else { "" };
    Some(match explored.wrong == explored.schedules {
        true => format!("in all of {} schedules{fresh}", thousands(explored.schedules)),
        false => format!(
            "in {} of {} schedules ({share:.1} %){fresh}",
            thousands(explored.wrong),
            thousands(explored.schedules)
        ),
    })
}

/// What the run shows of its cause; where it shows nothing, what the kind means.
fn likely(finding: &Finding) -> String {
    let facts = Facts::of(finding).sentences;
    if !facts.is_empty() {
        return facts.join(" ");
    }
    match finding.kind {
        Kind::Race => {
            "The result depends on which thread runs first. Look for a value that two threads share, and for a change that \
             one thread must not see half done."
        }
        Kind::Panicked | Kind::WrongAnswer => "It fails in every schedule, so it does not depend on the threads.",
        Kind::Deadlock => "Each thread waits for something that no other thread will do.",
        Kind::BusyWait => {
            "A loop checks again and again whether something has happened. A loop takes no virtual time, so the \
             other thread's sleep never ends. Wait with a Condvar, a channel or a join, or sleep in the loop."
        }
        Kind::Livelock => {
            "The threads run and make no progress, or the test takes more steps than the limit (`--steps`)."
        }
        Kind::Oversubscribed => "Each thread takes memory. Look for the place that limits the number of threads.",
        Kind::Crashed => "The whole process ended. Look for `unsafe` code, endless recursion, or an exit.",
        Kind::TimedOut => "All simulated threads share one thread of the system, so a real wait stops all of them.",
        Kind::Forbidden => "This is a limit of the simulation. The test is not at fault.",
        _ => "The steps above show how it happened.",
    }
    .to_owned()
}
