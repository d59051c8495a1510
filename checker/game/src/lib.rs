//! A listing as a game: the reader decides which thread goes on. `figures` records the states, a page of the book and
//! `cargo checker play` let the reader move among them.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A game, as a page has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Game {
    /// What the reader is to bring about, as a sentence; code stands between backquotes.
    pub goal: String,
    /// The names of the threads, by number.
    pub threads: Vec<String>,
    /// The number of the first line of the code, and
    pub first_line: u32,
    /// its lines.
    pub code: Vec<String>,
    /// What threads do or wait for, named once.
    pub words: Vec<String>,
    /// The states; the first one is where the game begins.
    pub states: Vec<State>,
    /// How many moves the shortest way to the goal takes, and
    pub moves: u32,
    /// how often it changes the thread; both 0 if no way leads to it.
    pub switches: u32,
    /// Changes of the program, of which the reader is to say whether they mend it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mends: Vec<Mend>,
}

/// A change of a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mend {
    /// What is changed, as a sentence.
    pub change: String,
    /// The changed program. Where no way leads to the goal any more, it is mended.
    pub game: Game,
}

/// A state of the game.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Where each thread stands; threads that have not been started are missing at the end.
    pub at: Vec<Place>,
    /// What has been printed.
    pub printed: String,
    /// Virtual time in milliseconds.
    pub millis: u64,
    /// Which threads can go on, each with the state that this leads to.
    pub next: Vec<(u32, u32)>,
    /// How the run has ended here, if it has: 1 as the goal says, 0 otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<u8>,
}

/// Where a thread stands: whether it is [ready](READY), [waits](WAITS) or has [ended](ENDED), its line, and the number of the words
/// for what it does next or waits for.
pub type Place = (u8, u32, u32);

/// The thread can go on.
pub const READY: u8 = 0;
/// The thread waits.
pub const WAITS: u8 = 1;
/// The thread has come to its end.
pub const ENDED: u8 = 2;

/// A way through a game: the state it has come to, the thread that went last, and the threads in the order of their moves.
#[derive(Clone, Debug)]
struct Way {
    at: u32,
    last: Option<u32>,
    switches: u32,
    moves: Vec<u32>,
}

impl Game {
    /// The threads to move in turn, to come from a state to the goal in as few moves as can be, and in as few changes of
    /// the thread as those allow; `last` is the thread that went last. `None` if no way leads there.
    pub fn shortest(&self, from: u32, last: Option<u32>) -> Option<Vec<u32>> {
        let mut layer = vec![Way { at: from, last, switches: 0, moves: Vec::new() }];
        let mut seen: BTreeSet<(u32, Option<u32>)> = BTreeSet::from([(from, last)]);
        while !layer.is_empty() {
            let done = layer.iter().filter(|way| self.state(way.at).end == Some(1));
            if let Some(best) = done.min_by_key(|way| way.switches) {
                return Some(best.moves.clone());
            }
            let mut next: BTreeMap<(u32, Option<u32>), Way> = BTreeMap::new();
            for way in &layer {
                for &(thread, to) in &self.state(way.at).next {
                    let key = (to, Some(thread));
                    let switches = way.switches + u32::from(way.last.is_some_and(|last| last != thread));
                    let is_better = next.get(&key).is_none_or(|known| switches < known.switches);
                    if !seen.contains(&key) && is_better {
                        let moves = [way.moves.as_slice(), &[thread]].concat();
                        next.insert(key, Way { at: to, last: Some(thread), switches, moves });
                    }
                }
            }
            seen.extend(next.keys().copied());
            layer = next.into_values().collect();
        }
        None
    }

    /// The state of this number.
    ///
    /// # Panics
    /// If there is none.
    pub fn state(&self, number: u32) -> &State {
        &self.states[number as usize]
    }

    /// What a thread does next or waits for, in words; `None` if it has not been started.
    pub fn says(&self, state: &State, thread: usize) -> Option<String> {
        let (kind, line, words) = *state.at.get(thread)?;
        let words = self.words.get(words as usize).map_or("", String::as_str);
        let at = if line > 0 && kind != ENDED { format!(", line {line}") } else { String::new() };
        Some(if kind == READY { format!("next: {words}{at}") } else { format!("{words}{at}") })
    }
}

/// How often a sequence of moves changes the thread.
pub fn switches(moves: &[u32]) -> u32 {
    moves.windows(2).map(|pair| u32::from(pair[0] != pair[1])).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The moves of a state, and how it has ended.
    type Given<'a> = (&'a [(u32, u32)], Option<u8>);

    fn game(states: &[Given<'_>]) -> Game {
        let state = |(next, end): &Given<'_>| State {
            at: vec![(READY, 7, 0)],
            printed: String::new(),
            millis: 0,
            next: next.to_vec(),
            end: *end,
        };
        Game {
            goal: String::new(),
            threads: vec!["ada".into(), "bob".into()],
            first_line: 1,
            code: Vec::new(),
            words: vec!["lock".into()],
            states: states.iter().map(state).collect(),
            moves: 0,
            switches: 0,
            mends: Vec::new(),
        }
    }

    #[test]
    fn of_two_ways_of_one_length_the_one_with_fewer_switches_is_shown() {
        let game = game(&[
            (&[(0, 1), (1, 2)], None),
            (&[(1, 3)], None),
            (&[(1, 3)], None),
            (&[(1, 4), (0, 5)], None),
            (&[], Some(1)),
            (&[], Some(0)),
        ]);
        assert_eq!(game.shortest(0, None), Some(vec![1, 1, 1]));
        assert_eq!(game.shortest(0, Some(0)), Some(vec![0, 1, 1]));
        assert_eq!(switches(&[0, 1, 1, 0]), 2);
    }

    #[test]
    fn where_the_goal_is_lost_there_is_no_way() {
        let game = game(&[(&[(0, 1)], None), (&[], Some(0))]);
        assert_eq!(game.shortest(0, None), None);
    }

    #[test]
    fn a_thread_that_was_not_started_says_nothing() {
        let game = game(&[(&[], Some(0))]);
        assert_eq!(game.says(game.state(0), 0).as_deref(), Some("next: lock, line 7"));
        assert_eq!(game.says(game.state(0), 1), None);
    }
}
