//! What is said of tasks: their limits, their states, what they wait for.

use std::any::Any;
use std::cell::Cell;
use std::panic::Location;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::counts::Midway;
use crate::stack::Stack;

/// A place in a source file.
pub type Loc = &'static Location<'static>;
/// The number of a task: 0 is the first one, the others are numbered as they are spawned.
pub type TaskId = u32;

/// No deadline.
pub(crate) const NEVER: u64 = u64::MAX;

/// Bounds on one execution.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Scheduling points before the execution is called endless. With more than 32 tasks alive at once there may be 20,000
    /// more for each.
    pub steps: u64,
    /// Tasks that are alive at once before the execution is called crowded.
    pub threads: usize,
}

/// The memory orders of an atomic operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Orders {
    /// Of the operation; of an exchange with a condition, where the condition holds.
    pub success: Ordering,
    /// Of an exchange whose condition does not hold.
    pub failure: Option<Ordering>,
}

/// A scheduling point as a task arrives at it.
#[derive(Clone, Copy)]
pub(crate) struct Point {
    /// Empty for one that is not to be seen.
    pub(crate) op: &'static str,
    /// The object's address; 0 for none.
    pub(crate) object: usize,
    pub(crate) at: Loc,
    /// The task asks for another to go first.
    pub(crate) yields: bool,
    /// Those of an atomic operation.
    pub(crate) orders: Option<Orders>,
    /// The object is data that is no atomic and no lock: whoever gets there gets to know nothing of others.
    pub(crate) is_plain: bool,
    /// The object is a count of an `Arc`; what was called is found on the stack.
    pub(crate) is_count: bool,
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
    /// How many more threads must come before it goes on, if that can be told.
    pub missing: Option<*const AtomicU32>,
    /// The task whose end it waits for.
    pub task: Option<TaskId>,
    /// Where the operation was called.
    pub at: Loc,
}

impl Waiting {
    /// A wait for `what`, of which nothing more can be told.
    pub fn on(what: &'static str, op: &'static str, address: usize, at: Loc) -> Self {
        Self { what, op, address, holder: None, missing: None, task: None, at }
    }
}

/// How waiting for rest ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Nothing else can run unless time moves.
    AtRest,
    /// The given number of steps went by, and something still runs.
    Restless,
}

/// What a task is resumed for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resume {
    /// To go on.
    Go,
    /// To look at its stack, and come back.
    Explain,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    Runnable,
    Blocked,
    Finished,
}

pub(crate) enum Local {
    Alive { value: Box<dyn Any>, has_destructor: bool },
    Destroyed,
}

/// What simstd keeps with a task: its `Thread`.
pub type Handle = Rc<dyn Any>;

/// A simulated thread.
pub(crate) struct Task {
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
    pub(crate) handle: Option<Handle>,
    pub(crate) name: Option<String>,
    pub(crate) last: (&'static str, Loc),
    /// The operation on an `Arc`'s counts that it is in the middle of.
    pub(crate) midway: Midway,
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

impl Task {
    pub(crate) fn new(name: Option<String>, at: Loc, of_rayon: bool, outlives: bool) -> Self {
        Self {
            state: State::Runnable,
            waiting: None,
            takes: None,
            deadline: NEVER,
            quiet: false,
            timed_out: false,
            panicking: 0,
            locals: Vec::new(),
            handle: None,
            name,
            last: ("start", at),
            midway: Midway::default(),
            spins: 0,
            spawned_at: at,
            of_rayon,
            outlives,
            initialising: 0,
            stack: None,
        }
    }
}

impl std::fmt::Debug for Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Task").field("name", &self.name).field("state", &self.state).finish_non_exhaustive()
    }
}

/// The name of a task as people read it.
pub(crate) fn name_of(tasks: &[Task], id: TaskId) -> String {
    tasks[id as usize].name.clone().unwrap_or_else(|| unnamed(id))
}

/// What a task without a name is called.
pub(crate) fn unnamed(id: TaskId) -> String {
    format!("thread {id}")
}

/// What a blocked task waits for, in words that follow "waits for".
pub(crate) fn waits_for(tasks: &[Task], id: TaskId) -> Option<String> {
    let task = &tasks[id as usize];
    let waiting = task.waiting.filter(|_| task.state == State::Blocked)?;
    // SAFETY: the holder's cell is a field of an object that the blocked task borrows.
    let holder =
        waiting.holder.map(|holder| unsafe { (*holder).get() }).filter(|holder| *holder != TaskId::MAX);
    // SAFETY: as the holder's.
    if let Some(missing) = waiting.missing.map(|missing| unsafe { (*missing).load(Ordering::Relaxed) }) {
        let threads = if missing == 1 { "thread" } else { "threads" };
        return Some(format!("{missing} more {threads} {}", waiting.what));
    }
    Some(match (waiting.task, holder) {
        (Some(other), _) => format!("`{}` to finish", name_of(tasks, other)),
        (None, Some(holder)) if holder == id => format!("{} that it holds itself", waiting.what),
        (None, Some(holder)) => format!("{} held by `{}`", waiting.what, name_of(tasks, holder)),
        (None, None) => waiting.what.to_owned(),
    })
}
