//! A failure of one's own, point by point: the reader decides which thread goes on, and the checker runs that.

use crate::commands::args::Replay;
use crate::commands::outcome::Outcome;
use crate::commands::play::{PATIENCE, lines, listed};
use crate::course::{Exercise, unknown};
use crate::files::read_text;
use crate::judge::Judge;
use crate::judge::compile::Program;
use crate::legible;
use crate::process::cancel;
use crate::show::printer::Screen;
use crate::show::style::counted;
use crate::show::times::span;
use anyhow::{Context, Result};
use colored::Colorize;
use protocol::{Play, Played, Point, Stand, Standing};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::sync::mpsc::RecvTimeoutError;

/// Lines of code that are shown around one at which a thread stands.
const AROUND: u32 = 2;

/// What is gone through.
pub struct Steps<'a> {
    pub judge: &'a Judge<'a>,
    pub program: &'a Program,
    pub exercise: &'a Exercise,
    pub source: &'a Path,
    pub replay: &'a Replay,
}

impl Steps<'_> {
    fn play(&self, play: Play) -> Result<Option<Played>> {
        let Replay { check, seed, .. } = self.replay;
        self.judge.play(self.program, self.exercise, self.source, check, *seed, play)
    }

    /// Whether a thread that stands there is in the learner's code.
    fn is_own(&self, file: &str) -> bool {
        self.source.parent().is_some_and(|folder| Path::new(file).starts_with(folder))
    }

    /// The file and the line at which a thread stands, if that is in the learner's code.
    fn place<'s>(&self, standing: &'s Standing) -> Option<(&'s str, u32)> {
        let file = standing.file.as_deref().filter(|file| self.is_own(file))?;
        Some((file, standing.line?))
    }
}

/// Lets the reader go through the failure until they leave it, or the input ends.
///
/// # Errors
/// If there is no such check, it can't be run, or nothing can be printed.
pub fn through(screen: &Screen, steps: &Steps<'_>) -> Result<Outcome> {
    let Replay { check, seed, .. } = steps.replay;
    let Some(failure) = steps.play(Play::Failure)? else {
        let checks = steps.judge.checks(steps.program, steps.exercise, steps.source, &mut |_| {})?;
        let advice = format!("`cargo checker run {}` names the seeds that fail", steps.exercise.name);
        if !checks.iter().any(|known| known.name == *check) {
            return Err(unknown("check", check, checks.iter().map(|it| it.name.as_str()), &advice));
        }
        screen.say(&format!("with seed {seed} there is no failure to step through; {advice}"))?;
        return Ok(Outcome::AllPassed);
    };
    screen.say(&format!("{} `{check}` of {}", "You are the scheduler.".bold(), steps.exercise.name))?;
    if let Some(input) = &failure.input {
        screen.say(&format!("The input is {input}."))?;
    }
    if let Some(finding) = &failure.finding {
        screen.say(&format!("In the failing run: {}", finding.message))?;
    }
    screen.say(
        "\nOne move takes a thread to its next line. Type a thread's number to choose it. Enter alone makes the next move \
         of the failing run. `u` undoes, `r` starts again, `q` quits.\n",
    )?;
    let mut walk = Walk { steps, now: failure.clone(), failure, ways: vec![Vec::new()] };
    let draw = |walk: &Walk<'_>| screen.raw(&screen.style.encoded(&walk.board(screen.style.colour)));
    draw(&walk)?;
    let typed = lines();
    loop {
        let line = match typed.recv_timeout(PATIENCE) {
            Ok(line) => line.context("could not read what you typed")?,
            Err(RecvTimeoutError::Timeout) if !cancel::is_interrupted() => continue,
            Err(_) => return Ok(Outcome::AllPassed),
        };
        let said = match line.trim() {
            "q" => return Ok(Outcome::AllPassed),
            "" => walk.follow()?,
            "u" => walk.back()?,
            "r" => walk.again(),
            name => match walk.thread(name) {
                Some(thread) => walk.go_on(thread)?,
                None => format!("`{}` is not a move here.", legible::line(name)),
            },
        };
        draw(&walk)?;
        screen.say(&said)?;
    }
}

/// Where the reader is.
struct Walk<'a> {
    steps: &'a Steps<'a>,
    /// The run that failed.
    failure: Played,
    /// A run that begins with what was chosen.
    now: Played,
    /// What was chosen before each move, and by now.
    ways: Vec<Vec<u32>>,
}

impl Walk<'_> {
    fn way(&self) -> &[u32] {
        self.ways.last().map(Vec::as_slice).unwrap_or_default()
    }

    /// Where the reader chooses now; `None` at the end.
    fn point(&self) -> Option<&Point> {
        self.now.points.get(self.way().len())
    }

    fn thread(&self, name: &str) -> Option<u32> {
        let number = name.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let thread = number.or_else(|| self.now.threads.iter().position(|thread| thread == name))?;
        (thread < self.now.threads.len()).then_some(thread as u32)
    }

    /// Takes a thread to its next line.
    fn go_on(&mut self, thread: u32) -> Result<String> {
        let name = &self.now.threads[thread as usize];
        let Some(point) = self.point() else { return Ok(self.ended()) };
        if !point.runnable.contains(&thread) {
            let standing = point.standing.get(thread as usize);
            let why = standing.map_or("it has not been started yet".to_owned(), says);
            return Ok(format!("`{name}` can't run: {why}."));
        }
        let mut way = self.way().to_vec();
        way.push(thread);
        let Some(run) = self.steps.play(Play::Chosen(way.clone()))? else {
            return Ok(
                "The program does something else in each run, so you can't step through it.".to_owned()
            );
        };
        self.now = run;
        Ok(self.arrive(thread, way))
    }

    /// Does what the run that failed did.
    fn follow(&mut self) -> Result<String> {
        let way = self.way().to_vec();
        if self.point().is_none() {
            return Ok(self.ended());
        }
        let is_on_it = self.failure.points.iter().zip(&way).all(|(point, chosen)| point.chosen == *chosen);
        let Some(next) = self.failure.points.get(way.len()).filter(|_| is_on_it) else {
            return Ok(
                "You have left the failing run. Choose a thread by its number; `u` goes back.".to_owned()
            );
        };
        let thread = next.chosen;
        self.now = self.failure.clone();
        Ok(self.arrive(thread, [way.as_slice(), &[thread]].concat()))
    }

    /// The way goes on for as long as the thread stays on its line.
    fn arrive(&mut self, thread: u32, mut way: Vec<u32>) -> String {
        let line = |point: &Point| {
            let standing = point.standing.get(thread as usize)?;
            self.steps.place(standing).map(|(file, line)| (file.to_owned(), line))
        };
        let from = self.now.points.get(way.len() - 1).and_then(line);
        while let Some(point) = self.now.points.get(way.len()) {
            let at = line(point);
            let is_there = at.is_some() && at != from;
            if is_there || point.running != Some(thread) || point.chosen != thread {
                break;
            }
            way.push(thread);
        }
        let before = way.len().checked_sub(1).and_then(|last| self.now.points.get(last)).cloned();
        self.ways.push(way);
        let mut said = format!("`{}` ran.", self.now.threads[thread as usize]);
        let after = self.point();
        // Where only one thread can go on there is nothing to choose.
        let has_moved = |other: &usize| {
            let (Some(before), Some(after)) = (&before, after) else { return false };
            let place = |point: &Point| point.standing.get(*other).map(|it| (it.op.clone(), it.line));
            *other != thread as usize && place(before).is_some() && place(before) != place(after)
        };
        for other in (0..self.now.threads.len()).filter(has_moved) {
            let _ = write!(said, " Then `{}` ran, since no other thread could.", self.now.threads[other]);
        }
        if after.is_none() {
            let _ = write!(said, " {}", self.ended());
        }
        said
    }

    fn back(&mut self) -> Result<String> {
        if self.ways.len() == 1 {
            return Ok("There is no move to undo.".to_owned());
        }
        self.ways.pop();
        // The beginning of the present run is that of the one before.
        Ok("One move back.".to_owned())
    }

    fn again(&mut self) -> String {
        self.ways.truncate(1);
        "From the beginning.".to_owned()
    }

    /// What became of the run.
    fn ended(&self) -> String {
        if self.now.is_cut {
            return "The run is longer than you can step through here. Undo, or start again.".to_owned();
        }
        let switches = self.way().windows(2).filter(|pair| pair[0] != pair[1]).count() as u64;
        let moves = (self.ways.len() - 1) as u64;
        let length = format!(
            "after {} and {} between threads",
            counted(moves, "move", "moves"),
            counted(switches, "switch", "switches")
        );
        match &self.now.finding {
            Some(finding) => format!("The run has ended, {length}: {}", finding.message),
            None => format!("The run has ended, {length}. This time, the promise was kept."),
        }
    }

    /// The code with the threads on their lines, the threads, the time, and what was printed.
    fn board(&self, colour: bool) -> String {
        let mut text = String::new();
        let Some(point) = self.point() else {
            self.printed(&mut text, self.now.printed.len());
            let threads =
                self.now.finding.as_deref().map(|finding| finding.threads.as_slice()).unwrap_or_default();
            let width = threads.iter().map(|thread| thread.name.len()).max().unwrap_or(0);
            for thread in threads {
                let at = thread.line.map(|line| format!(", line {line}")).unwrap_or_default();
                let what = thread.waiting_for.as_ref().map(|what| format!("waits for {what}"));
                let what = what.unwrap_or_else(|| "was running".to_owned());
                // Writing to a string can't fail.
                let _ = writeln!(text, "  {:width$}  {what}{at}", thread.name);
            }
            return text + "\n";
        };
        self.code(point, &mut text, colour);
        let width = self.now.threads.iter().map(String::len).max().unwrap_or(0);
        for (thread, standing) in point.standing.iter().enumerate() {
            let row =
                format!("  {}  {:width$}  {}", thread + 1, self.now.threads[thread], self.row(standing));
            let can = point.runnable.contains(&(thread as u32));
            let _ = writeln!(text, "{}", if can || !colour { row } else { row.dimmed().to_string() });
        }
        if point.time_ns > 0 {
            let _ = writeln!(text, "\n  It is {}.", span(point.time_ns));
        }
        self.printed(&mut text, point.printed);
        text + "\n"
    }

    fn row(&self, standing: &Standing) -> String {
        let at = match self.steps.place(standing) {
            Some((_, line)) if standing.stand != Stand::Finished => format!(", line {line}"),
            _ => String::new(),
        };
        format!("{}{at}", says(standing))
    }

    fn code(&self, point: &Point, text: &mut String, colour: bool) {
        let mut files: BTreeMap<&str, BTreeMap<u32, Vec<String>>> = BTreeMap::new();
        for (thread, standing) in point.standing.iter().enumerate() {
            let Some((file, line)) = self.steps.place(standing) else { continue };
            let name = match &standing.stand {
                Stand::Finished => continue,
                Stand::Waits(_) => format!("{} waits", self.now.threads[thread]),
                Stand::Ready => self.now.threads[thread].clone(),
            };
            files.entry(file).or_default().entry(line).or_default().push(name);
        }
        let several = files.len() > 1;
        for (file, at) in files {
            if several {
                let _ = writeln!(text, "{file}");
            }
            // Without its text the lines are numbers, and the rest stands without them.
            let code = read_text(&self.steps.judge.course.root.join(file)).unwrap_or_default();
            let code: Vec<&str> = code.lines().collect();
            let around = |line: &u32| line.saturating_sub(AROUND)..=line + AROUND;
            let shown: BTreeSet<u32> = at.keys().flat_map(around).collect();
            let mut last = None;
            for line in shown {
                let Some(row) = (line as usize).checked_sub(1).and_then(|index| code.get(index)) else {
                    continue;
                };
                if last.is_some_and(|last| last + 1 < line) {
                    let _ = writeln!(text, "       …");
                }
                last = Some(line);
                let names = at.get(&line).map(Vec::as_slice).unwrap_or_default();
                let sign = if names.is_empty() { " " } else { ">" };
                let row = format!("{sign} {line:>4}  {}", legible::line(row));
                let row = if names.is_empty() || !colour { row } else { row.bold().to_string() };
                let _ = writeln!(text, "{}", format!("{row}   {}", listed(names)).trim_end());
            }
        }
        text.push('\n');
    }

    fn printed(&self, text: &mut String, bytes: usize) {
        let printed = &self.now.printed[..self.now.printed.floor_char_boundary(bytes)];
        if !printed.is_empty() {
            text.push_str("\n  It has printed:\n");
            for line in printed.lines() {
                let _ = writeln!(text, "    {line}");
            }
            text.push('\n');
        }
    }
}

/// What a thread does next, or waits for.
fn says(standing: &Standing) -> String {
    match &standing.stand {
        Stand::Finished => "has ended".to_owned(),
        Stand::Waits(what) => format!("waits for {what}"),
        Stand::Ready => {
            let object = standing.object.as_ref().map(|object| format!(" {object}")).unwrap_or_default();
            format!("next: {}{object}", standing.op)
        }
    }
}
