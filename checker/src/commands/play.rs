//! A lesson's game in the terminal: the reader decides which thread goes on.

use crate::course::Course;
use crate::files::read_text;
use crate::process::cancel;
use crate::show::printer::Screen;
use crate::show::style::counted;
use anyhow::{Context, Result, bail};
use colored::Colorize;
use game::{ENDED, Game, State, WAITS, switches};
use std::fmt::Write;
use std::fs;
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// How long to wait for a line before looking whether the game was interrupted.
pub(super) const PATIENCE: Duration = Duration::from_millis(100);

/// What a line of input asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Wish {
    Move(u32),
    Undo,
    Again,
    Show,
    /// To play what a change makes of the program; 0 is the program as it was.
    Mend(usize),
    Quit,
}

/// The moves so far.
struct Play<'a> {
    /// As the page has it, with its changes.
    whole: &'a Game,
    /// The program, or what a change has made of it.
    game: &'a Game,
    /// Each the thread that went on, and the state that this led to.
    way: Vec<(u32, u32)>,
}

/// Lets the reader play the game of a lesson until they leave it, or the input ends.
///
/// # Errors
/// If there is no such lesson, it has no game, or nothing can be printed.
pub fn play(screen: &Screen, course: &Course, lesson: &str) -> Result<()> {
    let exercise = course.chosen(&[lesson.to_owned()])?[0];
    let game = read(&course.root.join(exercise.game())).with_context(|| {
        format!(
            "lesson {} has no game that can be played; `cargo checker play 1` opens another",
            exercise.about.lesson
        )
    })?;
    let mut play = Play { whole: &game, game: &game, way: Vec::new() };
    screen.say(&format!("{} {}", "You are the scheduler.".bold(), game.goal))?;
    screen.say(
        "One move takes a thread to its next line. Type a thread's number to choose it. `u` undoes, `r` starts again, `s` makes a \
         move of the shortest way, `q` quits.\n",
    )?;
    for (number, mend) in (1..).zip(&game.mends) {
        screen.say(&format!("m{number}  try this change, which may mend the program: {}", mend.change))?;
    }
    if !game.mends.is_empty() {
        screen.say("m0  the original program\n")?;
    }
    let draw = |play: &Play<'_>| screen.raw(&screen.style.encoded(&play.board(screen.style.colour)));
    draw(&play)?;
    let typed = lines();
    loop {
        let line = match typed.recv_timeout(PATIENCE) {
            Ok(line) => line.context("could not read what you typed")?,
            Err(RecvTimeoutError::Timeout) if !cancel::is_interrupted() => continue,
            Err(_) => return Ok(()),
        };
        let said = match wish(line.trim(), &game) {
            Some(Wish::Quit) => return Ok(()),
            Some(wish) => play.take(wish),
            None => format!("`{}` is not a move here.", line.trim()),
        };
        draw(&play)?;
        screen.say(&said)?;
    }
}

/// What is typed, line by line, read on a thread of its own, so that ^C ends the game.
pub(super) fn lines() -> Receiver<io::Result<String>> {
    let (sender, typed) = mpsc::channel();
    thread::spawn(move || io::stdin().lock().lines().try_for_each(|line| sender.send(line)));
    typed
}

/// The first game in a folder.
fn read(folder: &Path) -> Result<Game> {
    let entries = fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))?;
    let mut pages: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    pages.retain(|page| page.extension().is_some_and(|extension| extension == "html"));
    pages.sort();
    let Some(page) = pages.first() else { bail!("{} has no game", folder.display()) };
    let text = read_text(page)?;
    let json = text.split_once("json\">").and_then(|(_, rest)| rest.split_once("</script>"));
    let (json, _) = json.with_context(|| format!("{} has no game in it", page.display()))?;
    serde_json::from_str(json).with_context(|| {
        format!("{} can't be understood; `cargo run -p figures` writes it again", page.display())
    })
}

fn wish(typed: &str, game: &Game) -> Option<Wish> {
    match typed {
        "u" => Some(Wish::Undo),
        "r" => Some(Wish::Again),
        "s" => Some(Wish::Show),
        "q" => Some(Wish::Quit),
        name => {
            let change = name.strip_prefix('m').and_then(|number| number.parse::<usize>().ok());
            if let Some(change) = change.filter(|change| *change <= game.mends.len()) {
                return Some(Wish::Mend(change));
            }
            let number = name.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            let thread = number.or_else(|| game.threads.iter().position(|thread| thread == name))?;
            (thread < game.threads.len()).then_some(Wish::Move(thread as u32))
        }
    }
}

impl Play<'_> {
    fn at(&self) -> u32 {
        self.way.last().map_or(0, |(_, to)| *to)
    }

    fn state(&self) -> &State {
        self.game.state(self.at())
    }

    /// Does what was asked for, and says what came of it.
    fn take(&mut self, wish: Wish) -> String {
        match wish {
            Wish::Move(thread) => self.go_on(thread),
            Wish::Undo => match self.way.pop() {
                Some(_) => "One move back.".to_owned(),
                None => "There is no move to undo.".to_owned(),
            },
            Wish::Again => {
                self.way.clear();
                "From the beginning.".to_owned()
            }
            Wish::Show => {
                let last = self.way.last().map(|(thread, _)| *thread);
                match self.game.shortest(self.at(), last).as_deref() {
                    Some([thread, ..]) => self.go_on(*thread),
                    Some([]) => "You have reached the goal.".to_owned(),
                    None => "From here the goal can't be reached any more. Undo, or start again.".to_owned(),
                }
            }
            Wish::Mend(0) => {
                (self.game, self.way) = (self.whole, Vec::new());
                "The original program.".to_owned()
            }
            Wish::Mend(number) => {
                (self.game, self.way) = (&self.whole.mends[number - 1].game, Vec::new());
                match self.game.shortest(0, None) {
                    Some(_) => {
                        "This change does not mend the program: there is still a way to the goal. Find it, or type `s` to see it.".to_owned()
                    }
                    None => format!(
                        "This change mends the program: none of its {} is the goal. Try it.",
                        counted(self.game.states.len() as u64, "state", "states")
                    ),
                }
            }
            Wish::Quit => String::new(),
        }
    }

    fn go_on(&mut self, thread: u32) -> String {
        let name = &self.game.threads[thread as usize];
        let Some((_, to)) = self.state().next.iter().find(|(who, _)| *who == thread) else {
            let why = self.game.says(self.state(), thread as usize);
            return format!(
                "`{name}` can't run: {}.",
                why.unwrap_or_else(|| "it has not been started yet".to_owned())
            );
        };
        self.way.push((thread, *to));
        let moves: Vec<u32> = self.way.iter().map(|(thread, _)| *thread).collect();
        let length = |moves: u32, switches: u32| {
            format!(
                "{} and {}",
                counted(moves.into(), "move", "moves"),
                counted(switches.into(), "switch", "switches")
            )
        };
        match self.state().end {
            Some(1) => format!(
                "`{name}` ran. You have reached the goal, in {}. The shortest way takes {}.",
                length(moves.len() as u32, switches(&moves)),
                length(self.game.moves, self.game.switches)
            ),
            Some(_) => {
                format!("`{name}` ran. The program has ended, and nothing went wrong. Undo, or start again.")
            }
            None => format!("`{name}` ran."),
        }
    }

    /// The code with the threads on their lines, the threads, and what was printed.
    fn board(&self, colour: bool) -> String {
        let (game, state) = (self.game, self.state());
        let mut text = String::new();
        // Writing to a string can't fail.
        for (line, code) in (game.first_line..).zip(&game.code) {
            let here = |thread: &usize| {
                state.at.get(*thread).is_some_and(|(kind, at, _)| *kind != ENDED && *at == line)
            };
            let names: Vec<String> = (0..game.threads.len())
                .filter(here)
                .map(|thread| match state.at[thread].0 {
                    WAITS => format!("{} waits", game.threads[thread]),
                    _ => game.threads[thread].clone(),
                })
                .collect();
            let sign = if names.is_empty() { " " } else { ">" };
            let row = format!("{sign} {line:>3}  {code}");
            let row = if names.is_empty() || !colour { row } else { row.bold().to_string() };
            let _ = writeln!(text, "{}", format!("{row}   {}", listed(&names)).trim_end());
        }
        text.push('\n');
        let width = game.threads.iter().map(String::len).max().unwrap_or(0);
        for (thread, name) in game.threads.iter().enumerate() {
            let Some(says) = game.says(state, thread) else { continue };
            let row = format!("  {}  {name:width$}  {says}", thread + 1);
            let can = state.next.iter().any(|(who, _)| *who as usize == thread);
            let _ = writeln!(text, "{}", if can || !colour { row } else { row.dimmed().to_string() });
        }
        if game.states.iter().any(|state| state.millis > 0) {
            let _ = writeln!(text, "\n  It is {} ms.", state.millis);
        }
        if !state.printed.is_empty() {
            let _ = writeln!(text, "\n  It has printed:");
            for line in state.printed.lines() {
                let _ = writeln!(text, "    {line}");
            }
        }
        text + "\n"
    }
}

/// Names behind a line of code.
pub(super) fn listed(names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!("< {}", names.join(", ")) }
}
