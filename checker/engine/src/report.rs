//! What is known about an execution when it has ended.

use std::any::Any;
use std::time::Duration;

use crate::enumeration::Enumeration;
use crate::memory::{Choice, DataRace, StaleRead};
use crate::script::Script;
use crate::task::{Loc, Orders};

/// How an execution ended.
pub enum Ending {
    /// The first task returned, and whatever could still run then has run.
    Completed,
    /// The first task panicked. The last entry of [`Run::panics`] that names it says with what.
    Panicked,
    /// Nothing can run, and no deadline is left.
    Deadlock,
    /// More steps than [`Limits::steps`](crate::Limits::steps) were taken.
    Endless,
    /// A task would have started more tasks than [`Limits::threads`](crate::Limits::threads), which this is.
    Crowded(usize),
    /// A task asked the process to end with this code.
    Exit(i32, Loc),
    /// A task asked the process to abort.
    Abort(Loc),
    /// A task used what can't be simulated; the text says what.
    Forbidden(String, Loc),
    /// It completed, and something has written to a block of memory that had been freed.
    Spoiled,
    /// Whatever it could still have shown has been seen in an enumeration's other schedules.
    Redundant,
    /// Something the task was asked to keep did not hold; the payload is the harness's own.
    Failed(Box<dyn Any + Send>),
}

impl std::fmt::Debug for Ending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Completed => f.write_str("Completed"),
            Self::Panicked => f.write_str("Panicked"),
            Self::Deadlock => f.write_str("Deadlock"),
            Self::Endless => f.write_str("Endless"),
            Self::Crowded(most) => write!(f, "Crowded({most})"),
            Self::Exit(code, at) => write!(f, "Exit({code}, {at})"),
            Self::Abort(at) => write!(f, "Abort({at})"),
            Self::Forbidden(what, at) => write!(f, "Forbidden({what}, {at})"),
            Self::Spoiled => f.write_str("Spoiled"),
            Self::Redundant => f.write_str("Redundant"),
            Self::Failed(_) => f.write_str("Failed(..)"),
        }
    }
}

/// A panic that a task began.
#[derive(Debug, Clone)]
pub struct Panic {
    /// The name of the task.
    pub thread: String,
    /// The task's number.
    pub task: u32,
    /// The text it panicked with.
    pub message: String,
    /// The source file of the panic; where stacks are explained, the learner's, also of a panic inside of core or a library.
    pub file: String,
    /// The line in it.
    pub line: u32,
}

/// Where a thread that had not finished stood.
#[derive(Debug, Clone)]
pub struct ThreadReport {
    /// The name it was given, or one we made up from its number.
    pub name: String,
    /// The learner's file and line, or where the operation was called if none of the learner's frames
    /// is on the stack.
    pub at: Option<(String, u32)>,
    /// What it waits for; `None` if it could have gone on.
    pub waiting_for: Option<String>,
    /// The source file whose code waits; `None` if it could have gone on.
    pub waits_in: Option<&'static str>,
    /// Where the learner's function that contains `at` was called, if that is the learner's too.
    pub called_from: Option<u32>,
    /// Whether it would go on by itself in a while.
    pub timed: bool,
    /// The function of the standard library, crossbeam or rayon that the learner's line called.
    pub call: Option<String>,
    /// It is an idle thread of a library's own pool.
    pub infrastructure: bool,
}

/// One thing that happened.
#[derive(Debug, Clone)]
pub struct Event {
    /// Which task did it.
    pub task: u32,
    /// The operation, such as `lock`.
    pub op: &'static str,
    /// What became of it, if that says more than that it was done.
    pub outcome: Option<String>,
    /// Where the operation is one of a library's own, the function of the library that the learner's line called.
    pub call: Option<String>,
    /// The source file whose code did it.
    pub done_in: &'static str,
    /// The object it was done to, numbered in order of appearance; 0 for none.
    pub object: u32,
    /// The learner's file and line, if one of its frames is on the stack.
    pub at: Option<(String, u32)>,
    /// Virtual time since the start.
    pub time: Duration,
    /// Whether the task had to stop here and wait.
    pub blocked: bool,
    /// The memory orders of an atomic operation.
    pub orders: Option<Orders>,
    /// An atomic instruction of a library, or the second half of an operation: no event of the program, and no
    /// scheduling point.
    pub internal: bool,
    /// Its place among the [stale reads](Run::stale_reads), if it is one.
    pub stale: Option<usize>,
    /// Whether it is one half of the [data race](Run::data_race).
    pub races: bool,
}

/// An execution that has ended.
#[derive(Debug)]
pub struct Run {
    /// How.
    pub ending: Ending,
    /// How many scheduling points were passed.
    pub steps: u64,
    /// How many of them were at the counts of an `Arc`.
    pub count_points: u64,
    /// How many times another task went on than the one at the point.
    pub switches: u64,
    /// Virtual time at the end.
    pub time: Duration,
    /// Steps since virtual time last moved.
    pub steps_at_this_time: u64,
    /// How often the clock has been read since virtual time last moved.
    pub readings_at_this_time: u64,
    /// The panics begun, in order, caught ones too.
    pub panics: Vec<Panic>,
    /// The tasks that had not finished.
    pub threads: Vec<ThreadReport>,
    /// What was printed.
    pub printed: String,
    /// All that happened, if asked for.
    pub events: Vec<Event>,
    /// The names of all tasks, by number.
    pub names: Vec<String>,
    /// Whether the program has used an order below `SeqCst`.
    pub has_weaker_orders: bool,
    /// The choices by which an operation on an atomic did not see the newest value.
    pub stale_choices: Vec<Choice>,
    /// What these operations missed, and why; known if events were asked for.
    pub stale_reads: Vec<StaleRead>,
    /// Two accesses of data that is no atomic, which nothing orders.
    pub data_race: Option<DataRace>,
    /// The enumeration that this was a schedule of.
    pub enumeration: Option<Enumeration>,
    /// The script that it followed.
    pub script: Option<Script>,
}
