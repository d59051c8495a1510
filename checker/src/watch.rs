//! The watch view: judges the exercise one is at whenever it is saved, and answers keys meanwhile.

mod ansi;
mod files;
mod keys;
mod model;
mod page;
mod terminal;
#[cfg(test)]
mod tests;
mod texts;
mod view;
mod worker;

use crate::course::{Course, Exercise};
use crate::judge::news::News;
use crate::judge::rustc::Rendering;
use crate::learner::original::kept_as;
use crate::learner::progress::Progress;
use crate::learner::{editor, original};
use crate::process::cancel::{self, Cancel};
use crate::process::own_program;
use crate::show::printer::Screen;
use crate::show::style::is_dumb;
use crate::verdict::State;
use anyhow::{Context, Result, bail};
use files::Files;
use model::{Action, Model};
use ratatui::crossterm::event::{Event, KeyEventKind};
use std::io::{self, IsTerminal};
use std::process::Command;
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};
use std::thread;
use std::time::{Duration, Instant};
use terminal::Terminal;
use worker::Order;

/// How long to wait for a key before looking at what else has happened.
const TICK: Duration = Duration::from_millis(30);
/// Editors write in several steps; what comes within this time is one save.
const SETTLE: Duration = Duration::from_millis(40);

/// Whether there is a terminal that can be drawn on.
pub fn is_possible() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal() && !is_dumb()
}

/// Opens the view at `exercise`, or else at the first that is not done, and stays until it is left.
///
/// # Errors
/// If there is no terminal, or no exercise.
pub fn run(screen: &Screen, course: &Course, progress: Progress, exercise: Option<&str>) -> Result<()> {
    if !is_possible() {
        bail!(
            "the watch view needs a terminal that can draw\n\
             `cargo checker next` prints the same, line by line"
        );
    }
    let all = course.all()?;
    let open = |it: &&Exercise| progress.state(course, it) != State::Passed;
    let at = match exercise {
        Some(name) => course.exercise(name)?,
        None => course.exercise_here().or_else(|| all.iter().copied().find(open)).unwrap_or(all[0]),
    };
    let current = all.iter().position(|it| it.name == at.name).unwrap_or(0);
    let (orders, taken) = mpsc::channel();
    let (tell, heard) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(move || worker::work(course, &taken, &tell));
        let (saves, saved) = mpsc::channel();
        let is_first = progress.is_new();
        let mut model = Model::new(course, progress, screen.style.clone(), current);
        model.note = is_first.then(|| welcome(&at.source().display().to_string()));
        let mut watch =
            Watch { model, orders, heard, saves, saved, files: None, cancel: Cancel::default(), runs: 0 };
        // Dropping it ends the run that is going on, and then the worker.
        let mut terminal = Terminal::open()?;
        watch.go(current);
        watch.stay(&mut terminal)
    })
}

struct Watch<'a> {
    model: Model<'a>,
    orders: Sender<Order>,
    heard: Receiver<(u64, News)>,
    saves: Sender<()>,
    saved: Receiver<()>,
    files: Option<Files>,
    /// Ends the present run.
    cancel: Cancel,
    runs: u64,
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

/// What somebody is told who has never been here.
fn welcome(file: &str) -> String {
    format!(
        "Welcome. Edit {file}: `e` opens it in your editor.\n\
         Each time you save it, it is judged here. `i` shows the task, `o` the lesson, `h` a hint.\n\
         `?` shows all keys, and `q` quits. Nothing that you write is lost."
    )
}

impl Watch<'_> {
    fn stay(&mut self, terminal: &mut Terminal) -> Result<()> {
        let mut drawn: Option<Instant> = None;
        let mut settled: Option<Instant> = None;
        loop {
            if cancel::is_interrupted() {
                return Ok(());
            }
            let mut changed = self.listen()?;
            if self.saved.try_iter().count() > 0 {
                settled = Some(Instant::now() + SETTLE);
            }
            if settled.is_some_and(|at| Instant::now() >= at) {
                settled = None;
                self.judge();
                changed = true;
            }
            // While something runs, its seconds are counted.
            let stale = drawn.is_none_or(|at| at.elapsed() > Duration::from_millis(500));
            if changed || drawn.is_none() || (stale && self.model.run.is_going_on()) {
                self.draw(terminal)?;
                drawn = Some(Instant::now());
            }
            let Some(event) = terminal.keys.next(TICK)? else { continue };
            let action = match event {
                Event::Key(key) if key.kind != KeyEventKind::Release => self.model.press(key),
                _ => Action::Stay,
            };
            drawn = None;
            match action {
                Action::Stay => {}
                Action::Quit => return Ok(()),
                Action::Run => self.judge(),
                Action::Go(exercise) => self.go(exercise),
                Action::Edit => self.edit(terminal)?,
                Action::Reset => self.reset(),
                Action::Step => self.step(terminal)?,
                Action::Suspend => suspend(terminal)?,
            }
        }
    }

    fn draw(&mut self, terminal: &mut Terminal) -> Result<()> {
        let model = &mut self.model;
        terminal.screen.draw(|frame| view::draw(frame, model)).context("could not draw on this terminal")?;
        Ok(())
    }

    /// Takes in what the worker has said; whether there was anything.
    fn listen(&mut self) -> Result<bool> {
        let mut changed = false;
        loop {
            match self.heard.try_recv() {
                Ok((run, heard)) if run == self.runs => {
                    self.model.hear(heard);
                    changed = true;
                }
                Ok(_) => {}
                Err(TryRecvError::Empty) => return Ok(changed),
                Err(TryRecvError::Disconnected) => {
                    bail!("the thread that judges has ended; this is a fault of the checker")
                }
            }
        }
    }

    fn go(&mut self, exercise: usize) {
        let course = self.model.course;
        // The old one first: nothing of it is to be heard any more.
        self.files = None;
        self.saved.try_iter().for_each(drop);
        self.start(exercise);
        match Files::watch(&course.root, &course.exercises[exercise], &self.saves) {
            Ok(files) => self.files = Some(files),
            Err(error) => self.model.note = Some(format!("{error:#}")),
        }
    }

    fn judge(&mut self) {
        self.start(self.model.current);
    }

    fn start(&mut self, exercise: usize) {
        self.cancel.cancel();
        self.cancel = Cancel::default();
        self.runs += 1;
        self.model.begin(exercise);
        let rendering = Rendering { colour: self.model.style.colour, width: self.model.style.width };
        let order = Order { exercise, run: self.runs, rendering, cancel: self.cancel.clone() };
        // If the worker has gone, `listen` says so.
        let _ = self.orders.send(order);
    }

    fn edit(&mut self, terminal: &mut Terminal) -> Result<()> {
        let model = &mut self.model;
        let file = model.course.root.join(model.exercise().source());
        let line = model.line_of_the_finding();
        let opened = terminal.lend(|| editor::open(&file, line))?;
        model.note = opened.err().map(|error| format!("{error:#}"));
        Ok(())
    }

    /// Another process of this command has the terminal meanwhile.
    fn step(&mut self, terminal: &mut Terminal) -> Result<()> {
        let model = &mut self.model;
        let first = model.run.first().and_then(|(check, finding)| Some((check.name.clone(), finding.seed?)));
        let Some((check, seed)) = first else {
            model.note = Some("there is no failure to step through".to_owned());
            return Ok(());
        };
        let mut command = Command::new(own_program().context("this program can't be found any more")?);
        command.current_dir(&model.course.root).args(["replay", &model.exercise().name, &check]);
        command.args(["--step", "--seed", &seed.to_string()]);
        if !model.style.unicode {
            command.arg("--ascii");
        }
        let went = terminal.lend(|| command.status())?;
        model.note = went.err().map(|error| format!("could not start: {error}"));
        Ok(())
    }

    fn reset(&mut self) {
        let model = &mut self.model;
        let exercise = &model.course.exercises[model.current];
        let (said, failed) = match original::reset(model.course, &mut model.progress, exercise) {
            Ok((kept, forgotten)) if kept.is_empty() => {
                ("it is already in its original state".to_owned(), forgotten.err())
            }
            Ok((kept, forgotten)) => {
                (format!("{}; the exercise is in its original state", kept_as(&kept)), forgotten.err())
            }
            Err(error) => (format!("{error:#}"), None),
        };
        self.judge();
        let failed = failed.map(|error| format!("{error:#}"));
        self.model.note = Some(failed.unwrap_or(said));
    }
}

/// Leaves the terminal to the shell until it brings us back.
#[cfg(unix)]
fn suspend(terminal: &mut Terminal) -> Result<()> {
    use rustix::process::{Signal, getpid, kill_process};
    terminal.lend(|| kill_process(getpid(), Signal::TSTP))?.context("could not suspend")
}

/// Other systems' shells have no such thing.
#[cfg(not(unix))]
fn suspend(_: &mut Terminal) -> Result<()> {
    Ok(())
}
