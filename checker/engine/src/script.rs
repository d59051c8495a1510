//! A schedule that somebody else chooses, point by point: what is chosen already, and what could be chosen at each point.

use std::time::Duration;

use crate::task::{Loc, TaskId};

/// The choices of one execution, and after it what they were made from.
#[derive(Debug, Clone, Default)]
pub struct Script {
    choices: Vec<TaskId>,
    rest: Rest,
    /// One for each point at which more than one task could go on.
    pub offers: Vec<Offer>,
}

/// Who goes on where the choices have come to their end.
#[derive(Debug, Clone, Default)]
enum Rest {
    /// The running task, for as long as it can.
    #[default]
    Running,
    /// The one that the strategy would have chosen without a script.
    ByStrategy,
    /// The one whose event comes next, of those that another run had. Events of one task are in order; those of several are
    /// not always recorded at the same place.
    Doers(Vec<TaskId>),
}

/// A point at which more than one task could go on.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Those that could, in ascending order.
    pub runnable: Vec<TaskId>,
    /// The one that came to the point, if it could go on itself.
    pub running: Option<TaskId>,
    /// The one that went on.
    pub chosen: TaskId,
    /// Where each task stands, by its number.
    pub tasks: Vec<Standing>,
    /// How many events had happened, if they are recorded,
    pub events: usize,
    /// and how many of them each task had done.
    pub done: Vec<usize>,
    /// How many bytes had been printed.
    pub printed: usize,
    /// Virtual time since the start.
    pub time: Duration,
}

/// Where a task stands.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The operation that it does next, or in which it waits.
    pub op: &'static str,
    /// Where that is called.
    pub at: Loc,
    /// Whether it can go on.
    pub state: Stand,
}

/// Whether a task can go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stand {
    /// It can.
    Ready,
    /// It waits for this, in words that follow "waits for".
    Waits(String),
    /// It has come to its end.
    Finished,
}

impl Script {
    /// Makes these choices. After the last of them the running task goes on for as long as it can.
    pub fn of(choices: Vec<TaskId>) -> Self {
        Self { choices, ..Self::default() }
    }

    /// Makes no choice, and records what the strategy chooses.
    pub fn recording() -> Self {
        Self { rest: Rest::ByStrategy, ..Self::default() }
    }

    /// Does what another run has done: of each of its events, not the internal ones, the task that did it. The events of
    /// this run must be recorded.
    pub fn following(doers: Vec<TaskId>) -> Self {
        Self { rest: Rest::Doers(doers), ..Self::default() }
    }

    /// What was chosen at each point.
    pub fn chosen(&self) -> Vec<TaskId> {
        self.offers.iter().map(|offer| offer.chosen).collect()
    }

    /// `by_strategy` is what would be chosen without a script, if there is a strategy beside it.
    pub(crate) fn choose(&mut self, mut offer: Offer, by_strategy: Option<TaskId>, yields: bool) -> TaskId {
        let wanted = self.choices.get(self.offers.len()).copied();
        let rest = match &self.rest {
            Rest::Running => None,
            Rest::ByStrategy => by_strategy,
            Rest::Doers(tasks) => {
                let mut left = offer.done.clone();
                tasks.iter().copied().find(|task| match left.get_mut(*task as usize) {
                    Some(left) if *left > 0 => {
                        *left -= 1;
                        false
                    }
                    _ => true,
                })
            }
        };
        let chosen = wanted.or(rest).filter(|task| offer.runnable.contains(task));
        let goes_on = offer.running.filter(|_| !yields);
        let other = offer.runnable.iter().copied().find(|task| Some(*task) != offer.running);
        let chosen = chosen.or(goes_on).or(other).unwrap_or(offer.runnable[0]);
        offer.chosen = chosen;
        self.offers.push(offer);
        chosen
    }
}
