//! What is said of executions and tasks: options, states, reasons to wait.

use std::any::Any;
use std::cell::Cell;
use std::panic::Location;

use corosensei::Yielder;

use crate::exec::Resume;
use crate::explain::Stack;
use crate::strategy::Strategy;

/// A place in a source file.
pub type Loc = &'static Location<'static>;
/// The number of a task: 0 is the first one, the others are numbered as they are spawned.
pub type TaskId = u32;

/// No deadline.
pub(crate) const NEVER: u64 = u64::MAX;

/// Bounds on one execution.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Scheduling points before the execution is called endless.
    pub steps: u64,
    /// Tasks that are alive at once before the execution is called crowded.
    pub threads: usize,
}

/// How to run an execution.
#[derive(Debug)]
pub struct Options<'a> {
    /// Who goes on at each point.
    pub strategy: Strategy,
    /// When to give up.
    pub limits: Limits,
    /// Find the line of the learner's file for every unfinished task at the end. Costs milliseconds.
    pub explain: bool,
    /// Record every event, or of very many the first and the last. Costs microseconds an event.
    pub trace: bool,
    /// The path of the learner's source as it was given to rustc; frames with it are the learner's.
    pub source: &'a str,
}

/// Why a blocked task goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// Somebody woke it.
    Woken,
    /// Its deadline has come.
    TimedOut,
}

/// What a task waits for when it blocks.
#[derive(Debug, Clone, Copy)]
pub struct Waiting {
    /// In words that follow "waits for", such as `a lock`.
    pub what: &'static str,
    /// The operation, such as `lock`.
    pub op: &'static str,
    /// The address by which it is woken.
    pub address: usize,
    /// The task that holds what it waits for, or `u32::MAX` for nobody, if that can be told.
    pub holder: Option<*const Cell<u32>>,
    /// The task whose end it waits for.
    pub task: Option<TaskId>,
    /// Where the operation was called.
    pub at: Loc,
}

/// How waiting for rest ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Nothing else can run unless time moves.
    AtRest,
    /// The given number of steps went by, and something still runs.
    Restless,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    Runnable,
    Blocked,
    Finished,
}

pub(crate) enum Local {
    Alive(Box<dyn Any>),
    Destroyed,
}

/// A simulated thread.
pub(crate) struct Task {
    pub(crate) yielder: *const Yielder<Resume, ()>,
    pub(crate) state: State,
    pub(crate) waiting: Option<Waiting>,
    /// The lock that its next step takes, without which it can't run. Kept for enumerations only.
    pub(crate) takes: Option<Waiting>,
    pub(crate) deadline: u64,
    /// Waits for everything else to come to rest.
    pub(crate) quiet: bool,
    pub(crate) timed_out: bool,
    pub(crate) panicking: u32,
    pub(crate) locals: Vec<(usize, Local)>,
    pub(crate) handle: Option<std::rc::Rc<dyn Any>>,
    pub(crate) name: Option<String>,
    pub(crate) last: (&'static str, Loc),
    /// How many spins have been no scheduling points since the last one that was.
    pub(crate) spins: u32,
    pub(crate) spawned_at: Loc,
    /// One of rayon's own threads.
    pub(crate) of_rayon: bool,
    /// It may outlive the call that started it: it belongs to rayon's global pool.
    pub(crate) outlives: bool,
    /// How many one-time initialisations the task is in the middle of.
    pub(crate) initialising: u32,
    pub(crate) stack: Option<Stack>,
}

impl std::fmt::Debug for Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Task").field("name", &self.name).field("state", &self.state).finish_non_exhaustive()
    }
}
