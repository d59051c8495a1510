//! A deterministic scheduler for simulated threads, with virtual time.
//!
//! A simulated thread (a *task*) is a coroutine. All tasks of an execution share one OS thread, and
//! exactly one runs at a time. A task gives up control only at a *scheduling point*, which every
//! operation that another thread could notice announces before it takes effect ([`point`]), and when it
//! blocks ([`block`]). Which task goes on is the [`Strategy`]'s choice, so an execution is a function of
//! its seed: the same seed gives the same run, event for event, on any machine.
//!
//! Virtual time stands still while any task can run. When none can, it moves to the next deadline, and a little further.
//! When there is no deadline either, nothing can ever run again: that is a deadlock, as a fact.
//!
//! This crate knows nothing of locks or channels. It offers blocking and waking by address; `simstd`
//! builds the standard library's types on that, and the harness its probes.
//!
//! Each file imports only from those before it: `rng`, `counts`, `task`, `memory`, `report`, `stack`, `trace`; `footprint`,
//! `history`, `enumeration`, `strategy`; `execution`, which decides; `switch`, which switches stacks, and is the only one that
//! does; `panics`, `operations`, `atomics`, `local_slot`, `interposed`, what tasks can do; `interrupted`, where one is that does
//! nothing of it; `explain`; `run`, which drives an execution to its end. A test holds them to it. Only `switch` knows
//! coroutines, so all that is before it runs under Miri.

mod atomics;
mod counts;
mod enumeration;
mod execution;
mod explain;
mod footprint;
mod heap;
mod history;
mod interposed;
mod interrupted;
mod library;
pub mod local_slot;
mod memory;
mod operations;
mod panics;
mod report;
mod rng;
mod run;
mod script;
mod stack;
mod strategy;
mod switch;
mod task;
mod trace;

pub use atomics::{
    memory_exchange, memory_fence, memory_load, memory_modify, memory_other, memory_settle, memory_store,
    plain_access,
};
pub use enumeration::Enumeration;
pub use execution::in_execution;
pub use footprint::{Access, READ_DATA, result_of};
pub use heap::Heap;
pub use interrupted::{Interrupted, faulted, interrupt, watch_for_interruptions};
pub use memory::{
    Access as AtomicAccess, Atomic, Choice, DataRace, Does, Exchange, Link, Modified, PlainAccess, StaleRead,
    StaleReads, Stronger,
};
pub use operations::{
    atomic_point, block, block_or_end, chance, choose, console, current, current_name, elapsed, end, epoch,
    finished, initialising, live, now, outcome, outcome_if_new, plain_point, point, random, read_clock,
    record, released, settle, silent_point, sleep_until, spawn, spin_point, spurious, take_point, taken,
    touch, wait_until, wake_all, wake_done, wake_one, wake_task, yield_point,
};
pub use panics::{LONGEST_TEXT, Origin, catching, mark_panicking, message_of, panicking, unmark_panicking};
pub use report::{Ending, Event, Panic, Run, ThreadReport};
pub use rng::Rng;
pub use run::{Options, execute, steps_heartbeat};
pub use script::{Offer, Script, Stand, Standing};
pub use strategy::{LATE, Strategy, Style};
pub use task::{Handle, Limits, Loc, Orders, Settled, TaskId, Waiting, Wake};
