//! What exploring somebody's own package says: the shape of `explore --format json`.

use crate::verdict::{Kind, Status};
use protocol::Explored;
use serde::Serialize;

/// A package, or several, explored.
#[derive(Debug, Serialize)]
pub struct Exploration {
    /// Changes when a field changes its meaning or goes; new fields may come without that.
    pub version: u32,
    /// In the order of the programs, and of their names in each.
    pub tests: Vec<Test>,
    /// What the packages have besides, and why it was not run.
    pub not_run: Vec<NotRun>,
    pub duration_ms: u64,
}

/// One test.
#[derive(Debug, Serialize)]
pub struct Test {
    /// The test program, such as `queue, unit tests`.
    pub program: String,
    pub name: String,
    pub state: State,
    /// What `#[ignore]` says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignored: Option<String>,
    /// Each schedule had a process of its own: something outlives a schedule.
    pub fresh: bool,
    #[serde(flatten)]
    pub explored: Explored,
}

/// What became of a test.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Passed,
    Failed,
    /// Nothing was proven: a schedule took too long.
    Undecided,
    /// The same seed had another result when it was run again.
    NotRepeatable,
    /// It needs something that the simulation does not have.
    NotSimulated,
    Ignored,
}

/// A part of a package that was not run.
#[derive(Clone, Debug, Serialize)]
pub struct NotRun {
    pub what: String,
    pub why: String,
}

impl Exploration {
    pub const VERSION: u32 = 1;

    /// What is known when some of the tests have been explored further.
    #[must_use]
    pub fn with(mut self, further: Exploration) -> Exploration {
        for test in further.tests {
            let is_same = |it: &&mut Test| it.program == test.program && it.name == test.name;
            let Some(known) = self.tests.iter_mut().find(is_same) else { continue };
            let (schedules, wrong) = (known.explored.schedules, known.explored.wrong);
            *known = test;
            known.explored.schedules += schedules;
            known.explored.wrong += wrong;
        }
        self
    }

    pub fn count(&self, state: State) -> usize {
        self.tests.iter().filter(|test| test.state == state).count()
    }

    pub fn schedules(&self) -> u64 {
        self.tests.iter().map(|test| test.explored.schedules + test.explored.interleavings.unwrap_or(0)).sum()
    }

    /// Passed if all that could be run has.
    pub fn status(&self) -> Status {
        let any = |state| self.count(state) > 0;
        match (any(State::Failed) || any(State::NotRepeatable), any(State::Undecided)) {
            (true, _) => Status::Failed,
            (false, true) => Status::Undecided,
            (false, false) => Status::Passed,
        }
    }
}

impl State {
    /// What a finding of this kind says of a test.
    pub fn of(kind: Option<Kind>) -> State {
        match kind {
            None => State::Passed,
            Some(Kind::Forbidden) => State::NotSimulated,
            Some(Kind::TimedOut) => State::Undecided,
            Some(_) => State::Failed,
        }
    }

    pub fn is_wrong(self) -> bool {
        matches!(self, State::Failed | State::NotRepeatable | State::Undecided)
    }
}
