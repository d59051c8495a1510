//! Executions: the state of one, and every decision about it. Nothing here switches stacks.
//!
//! The execution of an OS thread stands behind [`with`], which lends it to a closure. So no reference into it can be
//! alive when a task is left: a task decides inside ([`Turn`]), and switches outside ([`Turn::take`]). A closure that
//! broke this rule would not be undefined behaviour: the next task would find the execution borrowed, and panic.

mod atomics;
mod clock;
mod limits;
mod offers;
mod steps;

use std::cell::{Cell, RefCell};
use std::panic::Location;
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};

use self::clock::Clock;
use crate::footprint::{Access, end_of};
use crate::library::{self, RAYON};
use crate::memory::Memory;
use crate::report::{Ending, Panic};
use crate::stack::Stack;
use crate::strategy::Strategy;
use crate::task::{Handle, Limits, Loc, NEVER, Orders, Point, State, Task, TaskId, Waiting};
use crate::trace::{Deed, Trace};

pub(crate) struct Exec {
    pub(crate) epoch: u32,
    pub(crate) tasks: Vec<Task>,
    /// Ascending, so that a choice among them means the same in every run.
    pub(crate) runnable: Vec<TaskId>,
    pub(crate) blocked: Vec<TaskId>,
    pub(crate) current: TaskId,
    next: TaskId,
    pub(crate) clock: Clock,
    pub(crate) steps: u64,
    pub(crate) switches: u64,
    /// Steps as limits count them: those of a pool's idle threads cost less.
    pub(crate) effort: u64,
    /// How many steps rayon's threads have taken in the libraries' own code.
    library_steps: u64,
    /// The effort at which [`settle`](crate::settle) gives up.
    pub(crate) restless_at: u64,
    pub(crate) limits: Limits,
    pub(crate) strategy: Strategy,
    /// Whether the strategy is an enumeration, which has to know what each step touches.
    pub(crate) enumerates: bool,
    pub(crate) ending: Option<Ending>,
    /// With their stacks, where the execution is explained.
    pub(crate) panics: Vec<(Panic, Option<Stack>)>,
    /// Whether somebody will be told of it, and where its threads stood.
    pub(crate) explains: bool,
    pub(crate) console: String,
    pub(crate) trace: Option<Trace>,
    root_returned: bool,
    /// How many tasks have not finished.
    pub(crate) alive: usize,
    /// How many were alive at once.
    most_alive: usize,
    /// How many waits have ended by themselves.
    pub(crate) spurious: u32,
    /// The atomic of simstd's to which the running task is about to do something: its instruction may be interposed.
    pub(crate) announced_atomic: usize,
    /// How many scheduling points were at the counts of an `Arc`.
    pub(crate) count_points: u64,
    /// The memory, where orders mean what they say; without it, all operations on atomics are sequentially consistent.
    pub(crate) memory: Option<Box<Memory>>,
    /// Whether the program has used an order below `SeqCst`.
    pub(crate) has_weaker_orders: bool,
}

thread_local! {
    /// A pointer, so that to reach it is one load; what it points to checks every loan.
    static CURRENT: Cell<*const RefCell<Exec>> = const { Cell::new(ptr::null()) };
}

/// Moves on with every batch of steps, so that a watchdog on another OS thread can see a step that never ends.
pub(crate) static HEARTBEAT: AtomicU64 = AtomicU64::new(0);

#[inline]
fn current<'a>() -> Option<&'a RefCell<Exec>> {
    // SAFETY: `during` sets it for as long as what it points to is there, and what this lends ends before that: its two
    // callers are functions that return before the task goes on.
    unsafe { CURRENT.get().as_ref() }
}

/// Lends the execution of this OS thread to `f`, if there is one. `f` decides, and does not switch.
#[inline]
pub(crate) fn with<R>(f: impl FnOnce(&mut Exec) -> R) -> Option<R> {
    current().map(|exec| f(&mut exec.borrow_mut()))
}

/// As [`with`], for a panic hook: nothing is lent while a decision is being made, where a panic is a fault of ours.
pub(crate) fn with_if_free<R>(f: impl FnOnce(&mut Exec) -> R) -> Option<R> {
    current().and_then(|exec| Some(f(&mut *exec.try_borrow_mut().ok()?)))
}

/// Whether the caller is inside an execution.
pub fn in_execution() -> bool {
    !CURRENT.get().is_null()
}

/// Makes `exec` the execution of this OS thread while `f` runs, and gives it back.
pub(crate) fn during(exec: Exec, f: impl FnOnce()) -> Exec {
    struct Reset;
    impl Drop for Reset {
        fn drop(&mut self) {
            CURRENT.set(ptr::null());
        }
    }
    let exec = RefCell::new(exec);
    let reset = Reset;
    CURRENT.set(&exec);
    f();
    drop(reset);
    exec.into_inner()
}

/// What the running task does when it has decided, outside of the execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a decision is taken outside of the execution"]
pub(crate) enum Turn {
    /// It goes on.
    Keep,
    /// Another task goes on. This one goes on when it is chosen again.
    Pass,
    /// Another task goes on before this one decides anything: it has asked earlier.
    First,
    /// The execution has ended, and this task never goes on.
    Over,
}

impl Exec {
    pub(crate) fn new(
        epoch: u32,
        mut strategy: Strategy,
        limits: Limits,
        trace: bool,
        explain: bool,
    ) -> Self {
        let stale_reads = strategy.take_stale_reads();
        let memory = stale_reads.map(|(reads, stronger)| Box::new(Memory::new(&reads, stronger, explain)));
        Self {
            epoch,
            tasks: Vec::with_capacity(8),
            runnable: Vec::with_capacity(8),
            blocked: Vec::with_capacity(8),
            current: 0,
            next: 0,
            clock: Clock::default(),
            steps: 0,
            switches: 0,
            effort: 0,
            library_steps: 0,
            restless_at: NEVER,
            limits,
            enumerates: strategy.enumerates(),
            strategy,
            ending: None,
            panics: Vec::new(),
            explains: explain,
            console: String::new(),
            trace: trace.then(Trace::default),
            root_returned: false,
            alive: 0,
            most_alive: limits::FEW,
            spurious: 0,
            announced_atomic: 0,
            count_points: 0,
            memory,
            has_weaker_orders: false,
        }
    }

    /// Adds a task, which can run from now on. Its coroutine must be the next that is prepared.
    pub(crate) fn add(&mut self, name: Option<String>, at: Loc) -> TaskId {
        let of_rayon = library::package_at(at) == Some(RAYON);
        // rayon starts its global pool in a `Once`, and nothing else there.
        let outlives = of_rayon && self.tasks.get(self.current as usize).is_some_and(|t| t.initialising > 0);
        let id = self.tasks.len() as TaskId;
        self.alive += 1;
        self.grow();
        if let Some(memory) = &mut self.memory {
            memory.begin((id > 0).then_some(self.current));
        }
        self.tasks.push(Task::new(name, at, of_rayon, outlives));
        self.runnable.push(id);
        self.enables(id);
        id
    }

    /// The running task.
    #[inline]
    pub(crate) fn running(&mut self) -> &mut Task {
        &mut self.tasks[self.current as usize]
    }

    /// The task to be resumed, which is the running one from now on; `None` if the execution has ended.
    pub(crate) fn begin_turn(&mut self) -> Option<TaskId> {
        if self.ending.is_some() {
            return None;
        }
        self.current = self.next;
        Some(self.next)
    }

    /// The first task has returned, or panicked.
    pub(crate) fn root_has_returned(&mut self, panicked: bool) {
        self.root_returned = true;
        if panicked {
            self.ending.get_or_insert(Ending::Panicked);
        }
    }

    /// Ends the execution, if it has not ended yet.
    pub(crate) fn end(&mut self, ending: Ending) -> Turn {
        self.ending.get_or_insert(ending);
        Turn::Over
    }

    /// The running task comes to a scheduling point. If another one is to go [first](Turn::First), this one
    /// [chooses](Self::choose_at) after that.
    #[inline]
    pub(crate) fn arrive(&mut self, point: Point) -> Turn {
        self.count_step(point.at);
        self.announced_atomic = 0;
        if point.is_count {
            self.count_points += 1;
            // The place is not in the learner's code: it is found on the stack.
            self.running().last.0 = point.op;
        } else if !point.op.is_empty() {
            self.running().last = (point.op, point.at);
        }
        if self.steps.is_multiple_of(1024) {
            HEARTBEAT.fetch_add(1, Ordering::Relaxed);
        }
        if self.effort >= self.limits.steps.min(self.restless_at) {
            match self.too_many_steps() {
                Turn::Keep => {}
                other => return other,
            }
        }
        self.choose_at(point)
    }

    /// Whether one of rayon's threads looks around in the libraries' own code, which changes nothing. A pool's idle threads do
    /// that thousands of times before they sleep, and who looks first decides nothing that a program can see. An enumeration
    /// has to know of it all the same.
    #[inline]
    pub(crate) fn only_looks(&mut self, point: Point) -> bool {
        !self.enumerates && self.running().of_rayon && library::only_looks(point.op, point.at)
    }

    /// Chooses who goes on at a scheduling point.
    #[inline]
    pub(crate) fn choose_at(&mut self, point: Point) -> Turn {
        if self.strategy.may_slip() {
            self.slip();
        }
        if self.enumerates {
            return self.choose_enumerated(point);
        }
        if self.runnable.len() > 1 {
            let next = self.choice(Some(self.current), point.yields);
            return self.turn_to(next);
        }
        Turn::Keep
    }

    #[cold]
    fn choose_enumerated(&mut self, point: Point) -> Turn {
        let me = self.current;
        match self.running().takes {
            Some(lock) => self.announce(lock.address, Access::Change),
            None => self.announce(point.object, Access::of(point.op)),
        }
        self.step_taken();
        self.park_those_without_their_lock();
        if self.running().state == State::Blocked {
            return self.leave();
        }
        match self.next_step(Some(me), point.yields) {
            Some(next) => self.turn_to(next),
            None => Turn::Over,
        }
    }

    #[inline]
    fn turn_to(&mut self, next: TaskId) -> Turn {
        if next == self.current {
            return Turn::Keep;
        }
        self.next = next;
        self.switches += 1;
        Turn::Pass
    }

    /// The running task waits from now on, unless another one is to go [first](Turn::First).
    pub(crate) fn suspend(&mut self, waiting: Waiting, deadline: Option<u64>) -> Turn {
        self.record(waiting.op, waiting.address, waiting.at, true);
        self.count_step(waiting.at);
        if self.effort >= self.limits.steps {
            match self.too_many_steps() {
                Turn::Keep => {}
                other => return other,
            }
        }
        self.wait(waiting, deadline)
    }

    /// The running task waits from now on.
    pub(crate) fn wait(&mut self, waiting: Waiting, deadline: Option<u64>) -> Turn {
        let me = self.current;
        let task = self.running();
        task.last = (waiting.op, waiting.at);
        task.waiting = Some(waiting);
        self.park(me, deadline.unwrap_or(NEVER), false);
        self.leave()
    }

    pub(crate) fn waits_on(&self, id: TaskId, address: usize) -> bool {
        self.tasks[id as usize].waiting.is_some_and(|w| w.address == address && address != 0)
    }

    pub(crate) fn park(&mut self, id: TaskId, deadline: u64, quiet: bool) {
        let task = &mut self.tasks[id as usize];
        task.state = State::Blocked;
        task.deadline = deadline;
        task.quiet = quiet;
        task.timed_out = false;
        self.runnable.retain(|t| *t != id);
        self.blocked.push(id);
    }

    /// Lets those run that are blocked on `address`; what they wait for may be done for good.
    pub(crate) fn wake(&mut self, address: usize, for_good: bool) {
        let mut i = 0;
        while i < self.blocked.len() {
            let id = self.blocked[i];
            if self.waits_on(id, address) {
                self.unpark(id, false);
                match for_good {
                    true => self.satisfies(id, address),
                    false => self.enables(id),
                }
            } else {
                i += 1;
            }
        }
    }

    pub(crate) fn unpark(&mut self, id: TaskId, timed_out: bool) {
        let task = &mut self.tasks[id as usize];
        task.state = State::Runnable;
        task.timed_out = timed_out;
        task.quiet = false;
        self.blocked.retain(|t| *t != id);
        let place = self.runnable.partition_point(|t| *t < id);
        self.runnable.insert(place, id);
    }

    /// Chooses another task, since the running one is blocked.
    pub(crate) fn leave(&mut self) -> Turn {
        match self.choose_next() {
            Some(next) => self.turn_to(next),
            None => Turn::Over,
        }
    }

    /// The next task to run when the last one can't go on. If there is none, the execution has ended.
    fn choose_next(&mut self) -> Option<TaskId> {
        if self.enumerates {
            self.step_taken();
            self.park_those_without_their_lock();
        }
        while self.runnable.is_empty() {
            if let Some(quiet) = self.blocked.iter().copied().find(|t| self.tasks[*t as usize].quiet) {
                self.unpark(quiet, false);
                self.rested(quiet);
                continue;
            }
            if self.root_returned {
                self.ending.get_or_insert(Ending::Completed);
                return None;
            }
            let soonest = self.soonest();
            if soonest == NEVER {
                self.ending.get_or_insert(Ending::Deadlock);
                return None;
            }
            let late = if soonest > self.clock.now { self.strategy.lateness() } else { 0 };
            self.move_to(soonest, late);
        }
        if self.enumerates {
            return self.next_step(None, false);
        }
        Some(self.choice(None, false))
    }

    /// The running task has returned. Its handle is for the caller to drop, outside of the execution.
    pub(crate) fn finish(&mut self, id: TaskId) -> Option<Handle> {
        let task = &mut self.tasks[id as usize];
        task.state = State::Finished;
        let handle = task.handle.take();
        self.alive -= 1;
        self.runnable.retain(|t| *t != id);
        if self.ending.is_some() {
            return handle;
        }
        self.touch(end_of(id), Access::Change);
        let mut i = 0;
        while i < self.blocked.len() {
            let other = self.blocked[i];
            if self.tasks[other as usize].waiting.is_some_and(|w| w.task == Some(id)) {
                self.unpark(other, false);
                self.enables(other);
            } else {
                i += 1;
            }
        }
        if let Some(next) = self.choose_next() {
            self.next = next;
        }
        handle
    }

    /// Adds an event of the running task to the trace, if there is one.
    pub(crate) fn record(&mut self, op: &'static str, object: usize, at: Loc, blocked: bool) {
        let point = Point { op, object, at, yields: false, orders: None, is_plain: false, is_count: false };
        self.record_point(point, blocked);
    }

    /// As [`record`](Self::record), of a scheduling point.
    pub(crate) fn record_point(&mut self, point: Point, blocked: bool) {
        let (task, now) = (self.current, self.clock.now);
        if let Some(trace) = &mut self.trace {
            trace.push(Deed { task, point, blocked, is_seen: true }, now);
        }
    }

    /// Adds an atomic instruction to the trace, if there is one, that is no event of the program.
    pub(crate) fn record_internal(&mut self, op: &'static str, object: usize, orders: Orders) {
        let (task, now, at) = (self.current, self.clock.now, Location::caller());
        let point =
            Point { op, object, at, yields: false, orders: Some(orders), is_plain: false, is_count: true };
        if let Some(trace) = &mut self.trace {
            trace.push(Deed { task, point, blocked: false, is_seen: false }, now);
        }
    }

    /// The tasks that have not finished.
    pub(crate) fn unfinished(&self) -> Vec<TaskId> {
        let ids = 0..self.tasks.len() as TaskId;
        ids.filter(|id| self.tasks[*id as usize].state != State::Finished).collect()
    }

    /// This is where the running task stands.
    pub(crate) fn explained(&mut self, stack: Stack) {
        self.running().stack = Some(stack);
    }
}
