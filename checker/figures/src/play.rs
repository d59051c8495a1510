//! A listing as a game: the reader decides which thread goes on, and every decision leads where the real program goes.
//!
//! The states of the game are recorded, each by a run of the listing under a script of the engine's. Two runs have come
//! to the same state if each object has seen the same operations in the same order. One move of the game takes a
//! thread to its next line, or to where it waits.

use crate::record::LIMITS;
use crate::{Figure, MENDS, PUZZLES, Wrong, lessons};
use anyhow::{Context, Result, bail};
use engine::{Ending, Offer, Options, Run, Script, Stand, Strategy, execute};
use game::{ENDED, Game, Mend, READY, State, WAITS, switches};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// More states than a page should carry.
const MOST_STATES: usize = 400;

/// The game of a figure; `None` if its listing goes wrong in any case, or never, or has too many states.
///
/// # Errors
/// If a listing can't be read, or a change of it has too many states.
pub fn game(figure: &Figure) -> Result<Option<Game>> {
    let is_own = PUZZLES.iter().any(|it| (it.lesson, it.name) == (figure.lesson, figure.name));
    let folder = if is_own { "puzzles" } else { "listings" };
    let listing = format!("{}/{folder}/{}.rs", figure.lesson, figure.name);
    let Some(mut game) = recorded(&listing, figure.program, figure.wrong)? else { return Ok(None) };
    let ends: BTreeSet<u8> = game.states.iter().filter_map(|state| state.end).collect();
    if ends.len() < 2 {
        return Ok(None);
    }
    let changes =
        MENDS.iter().filter(|mend| is_own && (mend.lesson, mend.puzzle) == (figure.lesson, figure.name));
    for mend in changes {
        let listing = format!("{}/puzzles/mends/{}.rs", mend.lesson, mend.name);
        let game_then = recorded(&listing, mend.program, figure.wrong)?;
        let game_then = game_then.with_context(|| format!("{listing} has too many states"))?;
        let change = read(&listing)?.lines().next().unwrap_or_default().trim_start_matches("//! ").to_owned();
        game.mends.push(Mend { change, game: game_then });
    }
    Ok(Some(game))
}

fn read(listing: &str) -> Result<String> {
    let file = lessons().join(listing);
    fs::read_to_string(&file).with_context(|| format!("could not read {}", file.display()))
}

/// The game of a listing, whether it can be won or not; `None` if it has too many states.
fn recorded(listing: &str, program: fn(), wrong: Wrong) -> Result<Option<Game>> {
    let text = read(listing)?;
    let (first_line, code) = shown(&text).with_context(|| format!("{listing} has no part `program`"))?;
    let mut board = Board {
        program,
        wrong,
        listing,
        words: Vec::new(),
        names: Vec::new(),
        known: BTreeMap::new(),
        states: Vec::new(),
    };
    if !board.fill()? {
        return Ok(None);
    }
    let mut game = Game {
        goal: goal(wrong),
        threads: board.names,
        first_line,
        code,
        words: board.words,
        states: board.states,
        moves: 0,
        switches: 0,
        mends: Vec::new(),
    };
    let moves = game.shortest(0, None).unwrap_or_default();
    (game.moves, game.switches) = (moves.len() as u32, switches(&moves));
    Ok(Some(game))
}

fn goal(wrong: Wrong) -> String {
    match wrong {
        Wrong::Deadlock => "Bring the program to a standstill.".to_owned(),
        Wrong::Takes(millis) => format!("Make the program take {millis} ms or more."),
        Wrong::Prints(text) | Wrong::PrintsByOrders(text) => {
            let lines: Vec<String> = text.lines().map(|line| format!("`{line}`")).collect();
            format!("Make the program print {}.", lines.join(", then "))
        }
    }
}

/// The part of a listing that the chapter shows, and the number of its first line.
fn shown(text: &str) -> Option<(u32, Vec<String>)> {
    let begin = text.lines().position(|line| line.trim() == "// ANCHOR: program")? + 1;
    let code = text.lines().skip(begin).take_while(|line| line.trim() != "// ANCHOR_END: program");
    Some((begin as u32 + 1, code.map(str::to_owned).collect()))
}

/// A class of runs that have come to the same state: of each object the operations on it, what was printed, and the time.
type Key = (Vec<Vec<(u32, &'static str)>>, String, u64, Vec<(u8, u32)>);

struct Board<'a> {
    program: fn(),
    wrong: Wrong,
    listing: &'a str,
    words: Vec<String>,
    names: Vec<String>,
    known: BTreeMap<Key, u32>,
    states: Vec<State>,
}

/// A point of a run at which the reader chooses: the choices that led there, and what can be chosen.
struct Point {
    choices: Vec<u32>,
    offer: Offer,
    state: u32,
}

impl Board<'_> {
    /// Records all states; whether there are few enough.
    fn fill(&mut self) -> Result<bool> {
        let run = self.run(Vec::new());
        let Some(offers) = run.script.as_ref().map(|script| script.offers.clone()) else {
            bail!("a run under a script gives it back")
        };
        // Until there are two threads there is nothing to choose.
        let Some(offer) = offers.first().cloned() else { return Ok(false) };
        let (state, _) = self.state_at(&run, &offer);
        let mut open = vec![Point { choices: Vec::new(), offer, state }];
        while let Some(point) = open.pop() {
            for thread in point.offer.runnable.clone() {
                let mut choices = point.choices.clone();
                choices.push(thread);
                let run = self.run(choices);
                let from = self.line_of(&point.offer, thread);
                let offers = &run.script.as_ref().context("as above")?.offers;
                let next = offers.iter().enumerate().skip(point.choices.len() + 1).find(|(_, offer)| {
                    offer.running != Some(thread)
                        || self.line_of(offer, thread).is_some_and(|line| Some(line) != from)
                });
                let to = match next {
                    Some((at, offer)) => {
                        let (state, is_new) = self.state_at(&run, offer);
                        if is_new {
                            let choices = offers[..at].iter().map(|offer| offer.chosen).collect();
                            open.push(Point { choices, offer: offer.clone(), state });
                        }
                        state
                    }
                    None => self.end_of(&run),
                };
                self.states[point.state as usize].next.push((thread, to));
                if self.states.len() > MOST_STATES {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    fn run(&self, choices: Vec<u32>) -> Run {
        let strategy = Strategy::given(Script::of(choices));
        execute(Options { strategy, limits: LIMITS, explain: false, trace: true, source: "" }, &self.program)
    }

    /// The line at which a thread goes on, if that is in the listing.
    fn line_of(&self, offer: &Offer, thread: u32) -> Option<u32> {
        let at = offer.tasks.get(thread as usize)?.at;
        at.file().ends_with(self.listing).then(|| at.line())
    }

    /// The state at a point of a run, and whether it is a new one.
    fn state_at(&mut self, run: &Run, offer: &Offer) -> (u32, bool) {
        let mut at = Vec::new();
        for (thread, task) in (0..).zip(&offer.tasks) {
            let line = self.line_of(offer, thread).or_else(|| self.last_line(run, offer.events, thread));
            let (kind, words) = match &task.state {
                Stand::Ready => (READY, task.op.to_owned()),
                Stand::Waits(what) => (WAITS, format!("waits for {what}")),
                Stand::Finished => (ENDED, "has ended".to_owned()),
            };
            at.push((kind, line.unwrap_or(0), self.word(words)));
        }
        let printed = run.printed[..offer.printed].to_owned();
        let millis = offer.time.as_millis();
        self.put(run, offer.events, State { at, printed, millis: millis as u64, next: Vec::new(), end: None })
    }

    /// The state in which a run has ended.
    fn end_of(&mut self, run: &Run) -> u32 {
        let mut at = vec![(ENDED, 0, self.word("has ended".to_owned())); run.names.len()];
        for thread in &run.threads {
            let Some(number) = run.names.iter().position(|name| *name == thread.name) else { continue };
            let what = thread.waiting_for.as_deref().unwrap_or("nothing");
            let line =
                thread.at.as_ref().filter(|(file, _)| file.ends_with(self.listing)).map(|(_, line)| *line);
            let line = line.or_else(|| self.last_line(run, run.events.len(), number as u32));
            at[number] = (WAITS, line.unwrap_or(0), self.word(format!("waits for {what}")));
        }
        let end = Some(u8::from(self.wrong.is_in(run)));
        let millis = run.time.as_millis() as u64;
        let is_over = matches!(run.ending, Ending::Completed | Ending::Deadlock);
        assert!(is_over, "a listing ends, or stands still: {:?}", run.ending);
        self.put(
            run,
            run.events.len(),
            State { at, printed: run.printed.clone(), millis, next: Vec::new(), end },
        )
        .0
    }

    /// The line of the last thing that a thread did in the listing.
    fn last_line(&self, run: &Run, events: usize, thread: u32) -> Option<u32> {
        let own =
            run.events[..events.min(run.events.len())].iter().rev().filter(|event| event.task == thread);
        let places = own.filter_map(|event| event.at.as_ref());
        places.into_iter().find(|(file, _)| file.ends_with(self.listing)).map(|(_, line)| *line)
    }

    fn word(&mut self, word: String) -> u32 {
        let known = self.words.iter().position(|known| *known == word);
        known.unwrap_or_else(|| {
            self.words.push(word);
            self.words.len() - 1
        }) as u32
    }

    fn put(&mut self, run: &Run, events: usize, state: State) -> (u32, bool) {
        if run.names.len() > self.names.len() {
            self.names.clone_from(&run.names);
        }
        let mut objects: BTreeMap<u32, Vec<(u32, &'static str)>> = BTreeMap::new();
        for event in &run.events[..events.min(run.events.len())] {
            objects.entry(event.object).or_default().push((event.task, event.op));
        }
        // What has no object is its thread's own.
        let mut own: BTreeMap<u32, Vec<(u32, &'static str)>> = BTreeMap::new();
        for deed in objects.remove(&0).unwrap_or_default() {
            own.entry(deed.0).or_default().push(deed);
        }
        let mut histories: Vec<_> = objects.into_values().chain(own.into_values()).collect();
        histories.sort();
        let places = state.at.iter().map(|(kind, line, _)| (*kind, *line)).collect();
        let key = (histories, state.printed.clone(), state.millis, places);
        if let Some(known) = self.known.get(&key) {
            return (*known, false);
        }
        let number = self.states.len() as u32;
        self.known.insert(key, number);
        self.states.push(state);
        (number, true)
    }
}
