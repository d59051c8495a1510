//! Executions: tasks as coroutines, blocking and waking by address, virtual time, and the end.
//!
//! # Why the `unsafe` here holds
//! An execution lives in [`execute`]'s frame and is reached through a thread-local raw pointer, set for
//! as long as that call lasts. Everything runs on that one OS thread, one coroutine at a time, so a
//! `&mut Exec` made inside a function of this module is unique as long as that function neither
//! switches nor runs foreign code while it holds it; [`switch`] is the only place that switches, and it
//! takes the raw pointer. A task's closure may borrow from its parent's stack (scoped threads); those
//! that make such a task wait for it before they return. When an execution ends early, the stacks of
//! its unfinished tasks are reset without running destructors and never resumed, so nothing that they
//! borrowed is touched again.

use std::cell::{Cell, RefCell};
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};

use crate::clock::Clock;
use crate::explain::{self, Trace};
use crate::footprint::{Access, end_of};
use crate::heap;
use crate::operations::{end, in_execution};
use crate::panics::{catching, install_hook};
use crate::report::{Ending, Panic, Run};
use crate::strategy::Strategy;
use crate::task::{Limits, Loc, NEVER, Options, State, Task, TaskId};

pub(crate) type Body = Box<dyn FnOnce()>;
type Co = Coroutine<Resume, (), (), DefaultStack>;

/// As large as std's default for a thread. The system commits pages of it only when they are touched.
pub(crate) const STACK: usize = 2 << 20;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resume {
    Go,
    Explain,
}

pub(crate) struct Exec {
    pub(crate) epoch: u32,
    pub(crate) tasks: Vec<Task>,
    pub(crate) coroutines: Vec<Option<Co>>,
    pub(crate) bodies: Vec<Option<(Body, usize)>>,
    /// Ascending, so that a choice among them means the same in every run.
    pub(crate) runnable: Vec<TaskId>,
    pub(crate) blocked: Vec<TaskId>,
    pub(crate) current: TaskId,
    pub(crate) next: TaskId,
    pub(crate) clock: Clock,
    pub(crate) steps: u64,
    pub(crate) switches: u64,
    /// The step at which [`settle`] gives up.
    pub(crate) restless_at: u64,
    pub(crate) limits: Limits,
    pub(crate) strategy: Strategy,
    /// Whether the strategy is an enumeration, which has to know what each step touches.
    pub(crate) enumerates: bool,
    pub(crate) ending: Option<Ending>,
    pub(crate) panics: Vec<Panic>,
    pub(crate) console: String,
    pub(crate) trace: Option<Trace>,
    pub(crate) root_returned: bool,
    /// How many tasks have not finished.
    pub(crate) alive: usize,
    /// How many waits have ended by themselves.
    pub(crate) spurious: u32,
}

thread_local! {
    static CURRENT: Cell<*mut Exec> = const { Cell::new(std::ptr::null_mut()) };
    static STACKS: RefCell<Vec<DefaultStack>> = const { RefCell::new(Vec::new()) };
}

static EPOCHS: AtomicU32 = AtomicU32::new(1);
/// Moves on with every batch of steps, so that a watchdog on another OS thread can see a step that never ends.
pub(crate) static HEARTBEAT: AtomicU64 = AtomicU64::new(0);

/// Whether tasks are being run, and not looked into.
static RUNNING: AtomicBool = AtomicBool::new(false);

/// A number that goes up as scheduling points are passed and executions end, or `None` while no task runs. For a
/// watchdog on another OS thread.
pub fn steps_heartbeat() -> Option<u64> {
    RUNNING.load(Ordering::Relaxed).then(|| HEARTBEAT.load(Ordering::Relaxed))
}

/// The execution behind the pointer, for one expression.
///
/// # Safety
/// The pointer must come from [`exec`], and no other reference that was got through it may be used while
/// this one is.
#[inline]
pub(crate) unsafe fn of<'a>(ex: *mut Exec) -> &'a mut Exec {
    // SAFETY: the caller's.
    unsafe { &mut *ex }
}

#[inline]
pub(crate) fn exec() -> Option<*mut Exec> {
    let ex = CURRENT.get();
    (!ex.is_null()).then_some(ex)
}

/// Runs `root` as the first task of an execution, to the end.
///
/// # Panics
/// Inside an execution: they don't nest.
pub fn execute(options: Options<'_>, root: &dyn Fn()) -> Run {
    assert!(!in_execution(), "executions do not nest");
    install_hook();
    let mut exec = Exec {
        epoch: EPOCHS.fetch_add(1, Ordering::Relaxed),
        tasks: Vec::with_capacity(8),
        coroutines: Vec::with_capacity(8),
        bodies: Vec::with_capacity(8),
        runnable: Vec::with_capacity(8),
        blocked: Vec::with_capacity(8),
        current: 0,
        next: 0,
        clock: Clock::default(),
        steps: 0,
        switches: 0,
        restless_at: NEVER,
        limits: options.limits,
        enumerates: options.strategy.enumerates(),
        strategy: options.strategy,
        ending: None,
        panics: Vec::new(),
        console: String::new(),
        trace: options.trace.then(Trace::default),
        root_returned: false,
        alive: 0,
        spurious: 0,
    };
    let ex: *mut Exec = &mut exec;
    if exec.enumerates {
        heap::keep();
    }
    CURRENT.set(ex);
    // SAFETY: the closure is run, or its coroutine reset, before this function returns; see the module
    // documentation for `ex`.
    unsafe {
        let root: &'static dyn Fn() = std::mem::transmute::<&dyn Fn(), &'static dyn Fn()>(root);
        let body = move || {
            let outcome = catching(root);
            let ex = &mut *CURRENT.get();
            ex.root_returned = true;
            if outcome.is_err() && ex.ending.is_none() {
                ex.ending = Some(Ending::Panicked);
            }
        };
        of(ex).add(Box::new(body), STACK, Some("main".into()), Location::caller());
        if of(ex).enumerates {
            of(ex).next_step(None, false);
        }
        RUNNING.store(true, Ordering::Relaxed);
        run(ex);
        RUNNING.store(false, Ordering::Relaxed);
        if options.explain {
            explain_unfinished(ex);
        }
        for co in of(ex).coroutines.iter_mut().filter_map(Option::take) {
            recycle(co);
        }
        // What unfinished tasks own is left alone, like their stacks: its destructors belong to an
        // execution that has ended.
        of(ex).bodies.drain(..).for_each(std::mem::forget);
        of(ex).tasks.iter_mut().for_each(|t| std::mem::forget(std::mem::take(&mut t.locals)));
    }
    CURRENT.set(std::ptr::null_mut());
    HEARTBEAT.fetch_add(1, Ordering::Relaxed);
    heap::let_go();
    exec.into_run(options.source)
}

/// Resumes one task after the other until the execution has ended.
unsafe fn run(ex: *mut Exec) {
    // SAFETY: see the module documentation; no reference into `*ex` is held across `resume`.
    unsafe {
        while of(ex).ending.is_none() {
            let id = of(ex).next;
            of(ex).current = id;
            let index = id as usize;
            let mut co = match of(ex).coroutines[index].take() {
                Some(co) => co,
                None => {
                    let (body, size) = of(ex).bodies[index].take().expect("a task has a coroutine or a body");
                    start(ex, id, body, size)
                }
            };
            match co.resume(Resume::Go) {
                CoroutineResult::Yield(()) => of(ex).coroutines[index] = Some(co),
                CoroutineResult::Return(()) => {
                    // An enumeration knows objects by their addresses, so those on a stack are not given out twice either.
                    if of(ex).enumerates {
                        of(ex).coroutines[index] = Some(co);
                    } else {
                        recycle(co);
                    }
                    of(ex).finish(id);
                }
            }
        }
    }
}

unsafe fn start(ex: *mut Exec, id: TaskId, body: Body, size: usize) -> Co {
    let stack = match STACKS.with_borrow_mut(Vec::pop) {
        Some(stack) if size <= STACK => stack,
        _ => DefaultStack::new(size.max(STACK)).expect("the system gives memory for a stack"),
    };
    Coroutine::with_stack(stack, move |yielder: &Yielder<Resume, ()>, _| {
        // SAFETY: see the module documentation; the yielder lives as long as the coroutine.
        unsafe { of(ex).tasks[id as usize].yielder = yielder };
        body();
    })
}

fn recycle(mut co: Co) {
    if !co.done() {
        // SAFETY: nothing resumes this coroutine any more, and what its frames borrow is not used by them
        // again; what they own is leaked (module documentation).
        unsafe { co.force_reset() };
    }
    let stack = co.into_stack();
    use corosensei::stack::Stack;
    if stack.base().get() - stack.limit().get() <= 2 * STACK {
        STACKS.with_borrow_mut(|stacks| stacks.push(stack));
    }
}

unsafe fn explain_unfinished(ex: *mut Exec) {
    // SAFETY: as in `run`. A task that is resumed to explain itself looks at its stack and comes back.
    unsafe {
        for index in 0..of(ex).tasks.len() {
            if of(ex).tasks[index].state == State::Finished {
                continue;
            }
            if let Some(mut co) = of(ex).coroutines[index].take() {
                of(ex).current = index as TaskId;
                let _ = co.resume(Resume::Explain);
                of(ex).coroutines[index] = Some(co);
            }
        }
    }
}

/// Leaves the running task, for the one that `next` says.
pub(crate) unsafe fn switch(ex: *mut Exec) {
    // SAFETY: the yielder belongs to the running coroutine, which is where this runs.
    unsafe {
        let me = of(ex).current;
        let yielder = of(ex).tasks[me as usize].yielder;
        while (*yielder).suspend(()) == Resume::Explain {
            of(ex).tasks[me as usize].stack = Some(explain::capture());
        }
    }
}

impl Exec {
    pub(crate) fn add(&mut self, body: Body, stack_size: usize, name: Option<String>, at: Loc) -> TaskId {
        let of_rayon = at.file().contains("/rayon-core-1");
        // rayon starts its global pool in a `Once`, and nothing else there.
        let outlives = of_rayon && self.tasks.get(self.current as usize).is_some_and(|t| t.initialising > 0);
        let id = self.tasks.len() as TaskId;
        self.alive += 1;
        self.tasks.push(Task {
            yielder: std::ptr::null(),
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
            spins: 0,
            spawned_at: at,
            of_rayon,
            outlives,
            initialising: 0,
            stack: None,
        });
        self.coroutines.push(None);
        self.bodies.push(Some((body, stack_size)));
        self.runnable.push(id);
        self.enables(id);
        id
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

    /// Goes on with another task, since the running one is blocked.
    pub(crate) unsafe fn leave(&mut self, ex: *mut Exec) {
        let me = self.current;
        match self.choose_next() {
            Some(next) if next == me => {}
            Some(next) => {
                self.next = next;
                self.switches += 1;
                // SAFETY: `self` is not used after this.
                unsafe { switch(ex) }
            }
            // SAFETY: as above. The execution has ended, so this comes back to explain only.
            None => loop {
                unsafe { switch(ex) }
            },
        }
    }

    /// The next task to run when the last one can't go on. If there is none, the execution has ended.
    pub(crate) fn choose_next(&mut self) -> Option<TaskId> {
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
        Some(self.strategy.next(&self.runnable, None, false))
    }

    fn finish(&mut self, id: TaskId) {
        let task = &mut self.tasks[id as usize];
        task.state = State::Finished;
        task.handle = None;
        self.alive -= 1;
        self.runnable.retain(|t| *t != id);
        if self.ending.is_some() {
            return;
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
    }

    #[cold]
    pub(crate) unsafe fn too_many_steps(&mut self, ex: *mut Exec) {
        HEARTBEAT.fetch_add(1, Ordering::Relaxed);
        // What an enumeration is left with is a task that spins, and it has no end either.
        if self.steps >= self.restless_at && !self.enumerates {
            self.restless_at = NEVER;
            if let Some(quiet) = self.blocked.iter().copied().find(|t| self.tasks[*t as usize].quiet) {
                self.unpark(quiet, true);
                // Let the one that asked have its answer before anything else happens.
                self.next = quiet;
                self.switches += 1;
                // SAFETY: `self` is not used after this.
                unsafe { switch(ex) };
                return;
            }
        }
        if self.steps >= self.limits.steps.min(self.restless_at) {
            end(Ending::Endless);
        }
    }

    fn into_run(mut self, source: &str) -> Run {
        let names = (0..self.tasks.len()).map(|i| self.name_of(i as TaskId)).collect();
        let threads = (0..self.tasks.len())
            .filter(|i| self.tasks[*i].state != State::Finished)
            .map(|i| {
                let blocked = self.tasks[i].state == State::Blocked;
                explain::thread(&self, i as TaskId, blocked, source)
            })
            .collect();
        let events = self.trace.take().map(|t| explain::events(t.events, source)).unwrap_or_default();
        Run {
            ending: self.ending.take().unwrap_or(Ending::Completed),
            steps: self.steps,
            switches: self.switches,
            time: Duration::from_nanos(self.clock.now),
            steps_at_this_time: self.steps - self.clock.steps_when_moved,
            readings_at_this_time: self.clock.readings - self.clock.readings_when_moved,
            panics: self.panics,
            threads,
            printed: self.console,
            events,
            names,
            enumeration: self.strategy.into_enumeration(),
        }
    }

    /// The name of a task as people read it.
    pub(crate) fn name_of(&self, id: TaskId) -> String {
        self.tasks[id as usize].name.clone().unwrap_or_else(|| format!("thread {id}"))
    }
}
