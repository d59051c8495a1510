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

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, Location};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};

use crate::explain::{self, Stack};
use crate::report::{Ending, Event, Panic, Run};
use crate::strategy::Strategy;

/// A place in a source file.
pub type Loc = &'static Location<'static>;
/// The number of a task: 0 is the first one, the others are numbered as they are spawned.
pub type TaskId = u32;

type Body = Box<dyn FnOnce()>;
type Co = Coroutine<Resume, (), (), DefaultStack>;

/// As large as std's default for a thread. The system commits pages of it only when they are touched.
const STACK: usize = 2 << 20;
const NEVER: u64 = u64::MAX;
/// What is printed past this many bytes in one execution is dropped.
const CONSOLE: usize = 64 << 10;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Resume {
    Go,
    Explain,
}

/// Bounds on one execution.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Scheduling points before the execution is called endless.
    pub steps: u64,
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
    /// Record every event. Costs microseconds an event.
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
    /// The task that holds what it waits for, if that can be told: a number that is read at the end.
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
enum State {
    Runnable,
    Blocked,
    Finished,
}

enum Local {
    Alive(Box<dyn Any>),
    Destroyed,
}

/// A simulated thread.
pub struct Task {
    yielder: *const Yielder<Resume, ()>,
    started: bool,
    state: State,
    pub(crate) waiting: Option<Waiting>,
    deadline: u64,
    /// Waits for everything else to come to rest.
    quiet: bool,
    timed_out: bool,
    panicking: u32,
    locals: Vec<(usize, Local)>,
    handle: Option<std::rc::Rc<dyn Any>>,
    pub(crate) name: Option<String>,
    pub(crate) last: (&'static str, Loc),
    pub(crate) spawned_at: Loc,
    /// One of rayon's own threads.
    pub(crate) of_rayon: bool,
    /// It may outlive the call that started it: it belongs to rayon's global pool.
    outlives: bool,
    /// How many one-time initialisations the task is in the middle of.
    initialising: u32,
    pub(crate) stack: Option<Stack>,
}

impl std::fmt::Debug for Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Task").field("name", &self.name).field("state", &self.state).finish_non_exhaustive()
    }
}

pub(crate) struct Exec {
    epoch: u32,
    pub(crate) tasks: Vec<Task>,
    coroutines: Vec<Option<Co>>,
    bodies: Vec<Option<(Body, usize)>>,
    /// Ascending, so that a choice among them means the same in every run.
    runnable: Vec<TaskId>,
    blocked: Vec<TaskId>,
    current: TaskId,
    next: TaskId,
    now: u64,
    steps: u64,
    switches: u64,
    steps_when_time_moved: u64,
    /// The step at which [`settle`] gives up.
    restless_at: u64,
    limits: Limits,
    strategy: Strategy,
    ending: Option<Ending>,
    panics: Vec<Panic>,
    console: String,
    trace: Option<Trace>,
    root_returned: bool,
    /// How many waits have ended by themselves.
    spurious: u32,
}

struct Trace {
    events: Vec<(Event, Option<Stack>)>,
    objects: Vec<usize>,
}

thread_local! {
    static CURRENT: Cell<*mut Exec> = const { Cell::new(std::ptr::null_mut()) };
    static STACKS: RefCell<Vec<DefaultStack>> = const { RefCell::new(Vec::new()) };
}

static EPOCHS: AtomicU32 = AtomicU32::new(1);
/// Moves on with every batch of steps, so that a watchdog on another OS thread can see a step that never ends.
static HEARTBEAT: AtomicU64 = AtomicU64::new(0);

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
unsafe fn of<'a>(ex: *mut Exec) -> &'a mut Exec {
    // SAFETY: the caller's.
    unsafe { &mut *ex }
}

#[inline]
fn exec() -> Option<*mut Exec> {
    let ex = CURRENT.get();
    (!ex.is_null()).then_some(ex)
}

/// Whether the caller is inside an execution.
#[inline]
pub fn in_execution() -> bool {
    exec().is_some()
}

/// A number that no other execution of this process has; 0 outside of one.
#[inline]
pub fn epoch() -> u32 {
    // SAFETY: the pointer is valid while it is set (module documentation).
    exec().map_or(0, |ex| unsafe { of(ex).epoch })
}

/// The running task.
///
/// # Panics
/// Outside an execution.
pub fn current() -> TaskId {
    let ex = exec().expect("a simulated operation was used outside a simulation");
    // SAFETY: as above.
    unsafe { of(ex).current }
}

/// Virtual time since the start of the execution, in nanoseconds; 0 outside of one.
pub fn now() -> u64 {
    // SAFETY: as above.
    exec().map_or(0, |ex| unsafe { of(ex).now })
}

/// [`now`] as a duration.
pub fn elapsed() -> Duration {
    Duration::from_nanos(now())
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
        now: 0,
        steps: 0,
        switches: 0,
        steps_when_time_moved: 0,
        restless_at: NEVER,
        limits: options.limits,
        strategy: options.strategy,
        ending: None,
        panics: Vec::new(),
        console: String::new(),
        trace: options.trace.then(|| Trace { events: Vec::new(), objects: Vec::new() }),
        root_returned: false,
        spurious: 0,
    };
    let ex: *mut Exec = &mut exec;
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
                    recycle(co);
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
    // SAFETY: see the module documentation.
    unsafe { of(ex).tasks[id as usize].started = true };
    Coroutine::with_stack(stack, move |yielder: &Yielder<Resume, ()>, _| {
        // SAFETY: as above; the yielder lives as long as the coroutine.
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
unsafe fn switch(ex: *mut Exec) {
    // SAFETY: the yielder belongs to the running coroutine, which is where this runs.
    unsafe {
        let me = of(ex).current;
        let yielder = of(ex).tasks[me as usize].yielder;
        while (*yielder).suspend(()) == Resume::Explain {
            of(ex).tasks[me as usize].stack = Some(explain::capture());
        }
    }
}

/// Ends the execution from inside a task, which does not go on.
pub fn end(ending: Ending) -> ! {
    let ex = exec().expect("only an execution can be ended");
    // SAFETY: module documentation. A task of an ended execution is resumed to explain itself only.
    unsafe {
        if of(ex).ending.is_none() {
            of(ex).ending = Some(ending);
        }
        loop {
            switch(ex);
        }
    }
}

/// A scheduling point: the running task is about to do `op` to the object at `object`, and another may go first.
/// Does nothing outside an execution.
#[inline]
pub fn point(op: &'static str, object: usize, at: Loc) {
    if let Some(ex) = exec() {
        // SAFETY: module documentation.
        unsafe { pass(ex, op, object, at, false) }
    }
}

/// A scheduling point at which the running task asks for another to go first.
pub fn yield_point(op: &'static str, at: Loc) {
    if let Some(ex) = exec() {
        // SAFETY: module documentation.
        unsafe { pass(ex, op, 0, at, true) }
    }
}

#[inline]
unsafe fn pass(ex: *mut Exec, op: &'static str, object: usize, at: Loc, yielding: bool) {
    // SAFETY: the reference is not used after `switch`.
    unsafe {
        let e = &mut *ex;
        e.steps += 1;
        let me = e.current;
        e.tasks[me as usize].last = (op, at);
        if e.steps % 1024 == 0 {
            HEARTBEAT.fetch_add(1, Ordering::Relaxed);
        }
        if e.steps >= e.limits.steps.min(e.restless_at) {
            e.too_many_steps(ex);
        }
        if e.runnable.len() > 1 {
            let next = e.strategy.next(&e.runnable, Some(me), yielding);
            if next != me {
                e.switches += 1;
                e.next = next;
                switch(ex);
            }
        }
        if of(ex).trace.is_some() {
            of(ex).record(op, object, at, false);
        }
    }
}

/// Adds an event to the trace, if there is one, without a scheduling point.
pub fn record(op: &'static str, object: usize, at: Loc) {
    if let Some(ex) = exec() {
        // SAFETY: module documentation.
        unsafe { of(ex).record(op, object, at, false) }
    }
}

/// Blocks the running task until it is woken by its address, or until the deadline in virtual nanoseconds.
///
/// # Panics
/// Outside an execution, where nothing could ever wake it.
pub fn block(waiting: Waiting, deadline: Option<u64>) -> Wake {
    let Some(ex) = exec() else {
        panic!("{} would wait for {} outside a simulation", waiting.op, waiting.what);
    };
    // SAFETY: module documentation; no reference is held across `switch`.
    unsafe {
        of(ex).record(waiting.op, waiting.address, waiting.at, true);
        let me = of(ex).current;
        of(ex).tasks[me as usize].last = (waiting.op, waiting.at);
        of(ex).tasks[me as usize].waiting = Some(waiting);
        of(ex).park(me, deadline.unwrap_or(NEVER), false);
        of(ex).leave(ex);
        let task = &mut of(ex).tasks[me as usize];
        task.waiting = None;
        if task.timed_out { Wake::TimedOut } else { Wake::Woken }
    }
}

/// Blocks the running task until virtual time has reached `deadline`.
pub fn sleep_until(deadline: u64, op: &'static str, at: Loc) {
    let waiting = Waiting { what: "time to pass", op, address: 0, holder: None, task: None, at };
    if deadline > now() {
        block(waiting, Some(deadline));
    } else {
        yield_point(op, at);
    }
}

/// Blocks the running task until no other can run unless time moves, for at most `steps` steps.
pub fn settle(steps: u64, at: Loc) -> Settled {
    let ex = exec().expect("only a simulation can come to rest");
    // SAFETY: as in `block`.
    unsafe {
        let me = of(ex).current;
        let waiting = Waiting {
            what: "everything else to come to rest",
            op: "settle",
            address: 0,
            holder: None,
            task: None,
            at,
        };
        of(ex).tasks[me as usize].waiting = Some(waiting);
        of(ex).restless_at = of(ex).steps + steps;
        of(ex).park(me, NEVER, true);
        of(ex).leave(ex);
        of(ex).restless_at = NEVER;
        let task = &mut of(ex).tasks[me as usize];
        task.waiting = None;
        if task.timed_out { Settled::Restless } else { Settled::AtRest }
    }
}

/// Wakes every task that is blocked on `address`.
pub fn wake_all(address: usize) {
    if let Some(ex) = exec() {
        // SAFETY: module documentation.
        unsafe {
            let ex = &mut *ex;
            let mut i = 0;
            while i < ex.blocked.len() {
                let id = ex.blocked[i];
                if ex.waits_on(id, address) { ex.unpark(id, false) } else { i += 1 }
            }
        }
    }
}

/// Wakes one of the tasks that are blocked on `address`; the schedule decides which. Says whether there was one.
pub fn wake_one(address: usize) -> bool {
    let Some(ex) = exec() else { return false };
    // SAFETY: module documentation.
    unsafe {
        let ex = &mut *ex;
        let mut waiters: Vec<TaskId> =
            ex.blocked.iter().copied().filter(|t| ex.waits_on(*t, address)).collect();
        waiters.sort_unstable();
        if waiters.is_empty() {
            return false;
        }
        let id = waiters[ex.strategy.choose(waiters.len())];
        ex.unpark(id, false);
        true
    }
}

/// Wakes `task` if it is blocked on `address`.
pub fn wake_task(task: TaskId, address: usize) {
    if let Some(ex) = exec() {
        // SAFETY: module documentation.
        unsafe {
            let ex = &mut *ex;
            if ex.tasks[task as usize].state == State::Blocked && ex.waits_on(task, address) {
                ex.unpark(task, false);
            }
        }
    }
}

/// Whether a wait that may end by itself does so now: at most twice in an execution, once in `n` times on the average, and
/// never while all schedules are enumerated.
pub fn spurious(n: usize) -> bool {
    // SAFETY: module documentation.
    exec().is_some_and(|ex| unsafe {
        let ex = &mut *ex;
        let yes = ex.spurious < 2 && !ex.strategy.enumerates() && ex.strategy.choose(n) == 0;
        ex.spurious += u32::from(yes);
        yes
    })
}

/// 64 bits that the schedule decides; 0 outside an execution and while all schedules are enumerated.
pub fn random() -> u64 {
    // SAFETY: module documentation.
    exec().map_or(0, |ex| unsafe { of(ex).strategy.random() })
}

/// A number in `0..n` that the schedule decides.
pub fn choose(n: usize) -> usize {
    // SAFETY: module documentation.
    exec().map_or(0, |ex| unsafe { of(ex).strategy.choose(n) })
}

/// Starts a task. It can run from the next scheduling point on.
///
/// # Safety
/// Whatever `body` borrows must outlive the task's run, or the execution must end before.
///
/// # Panics
/// Outside an execution.
pub unsafe fn spawn<'a>(
    body: Box<dyn FnOnce() + 'a>,
    stack_size: usize,
    name: Option<String>,
    handle: impl FnOnce(TaskId) -> std::rc::Rc<dyn Any>,
    at: Loc,
) -> TaskId {
    let ex = exec().expect("a simulated thread was spawned outside a simulation");
    // SAFETY: the caller answers for the lifetime; the rest as in the module documentation.
    unsafe {
        let body = std::mem::transmute::<Box<dyn FnOnce() + 'a>, Body>(body);
        let id = of(ex).add(body, stack_size, name, at);
        let handle = handle(id);
        of(ex).tasks[id as usize].handle = Some(handle);
        id
    }
}

/// Whether `task` has finished.
pub fn finished(task: TaskId) -> bool {
    // SAFETY: module documentation.
    exec().is_none_or(|ex| unsafe { of(ex).tasks[task as usize].state == State::Finished })
}

/// The running task enters a one-time initialisation, or leaves one.
pub fn initialising(entered: bool) {
    if let Some(ex) = exec() {
        // SAFETY: module documentation.
        unsafe {
            let current = of(ex).current as usize;
            let count = &mut of(ex).tasks[current].initialising;
            *count = if entered { *count + 1 } else { count.saturating_sub(1) };
        }
    }
}

/// How many tasks have not finished, the first one and those of rayon's global pool not counted.
pub fn live() -> usize {
    // SAFETY: module documentation.
    exec().map_or(0, |ex| unsafe {
        of(ex).tasks[1..].iter().filter(|t| t.state != State::Finished && !t.outlives).count()
    })
}

/// Adds to what the execution has printed.
pub fn console(text: &str) {
    if let Some(ex) = exec() {
        // SAFETY: module documentation.
        unsafe {
            let room = CONSOLE.saturating_sub(of(ex).console.len());
            let mut cut = text.len().min(room);
            while !text.is_char_boundary(cut) {
                cut -= 1;
            }
            of(ex).console.push_str(&text[..cut]);
        }
    }
}

/// Runs `f` and catches a panic, keeping count of who is panicking.
///
/// # Errors
/// The payload of the panic.
pub fn catching<R>(f: impl FnOnce() -> R) -> std::thread::Result<R> {
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(f));
    if outcome.is_err() {
        unmark_panicking();
    }
    outcome
}

/// Whether the running task is unwinding.
pub fn panicking() -> bool {
    // SAFETY: module documentation.
    exec().map_or_else(std::thread::panicking, |ex| unsafe {
        of(ex).tasks[of(ex).current as usize].panicking > 0
    })
}

/// The running task begins to unwind.
pub fn mark_panicking() {
    if let Some(ex) = exec() {
        // SAFETY: module documentation.
        unsafe { of(ex).tasks[of(ex).current as usize].panicking += 1 }
    }
}

/// The running task has been caught unwinding.
pub fn unmark_panicking() {
    if let Some(ex) = exec() {
        // SAFETY: module documentation.
        unsafe {
            let count = &mut of(ex).tasks[of(ex).current as usize].panicking;
            *count = count.saturating_sub(1);
        }
    }
}

/// What a task-local lookup found.
pub mod local_slot {
    use super::{Any, Local, exec, of};

    /// The state of a slot of the running task.
    #[derive(Debug)]
    pub enum Slot {
        /// It has a value, here.
        Alive(*const dyn Any),
        /// Its destructor runs or has run.
        Destroyed,
        /// It has not been used by this task.
        Absent,
    }

    /// Looks up the slot with `key`.
    pub fn get(key: usize) -> Slot {
        let ex = exec().expect("a simulated thread-local was used outside a simulation");
        // SAFETY: see the module documentation of `exec`.
        unsafe {
            let task = &of(ex).tasks[of(ex).current as usize];
            match task.locals.iter().find(|(k, _)| *k == key) {
                Some((_, Local::Alive(value))) => Slot::Alive(&raw const **value),
                Some((_, Local::Destroyed)) => Slot::Destroyed,
                None => Slot::Absent,
            }
        }
    }

    /// Gives the slot with `key` its value. A value that it has already (its own initialisation may have
    /// made one) is given back, to be dropped by the caller.
    pub fn set(key: usize, value: Box<dyn Any>) -> Option<Box<dyn Any>> {
        let ex = exec().expect("a simulated thread-local was used outside a simulation");
        // SAFETY: as above.
        unsafe {
            let current = of(ex).current as usize;
            let locals = &mut of(ex).tasks[current].locals;
            match locals.iter_mut().find(|(k, _)| *k == key) {
                Some((_, Local::Alive(old))) => Some(std::mem::replace(old, value)),
                Some((_, slot)) => {
                    *slot = Local::Alive(value);
                    None
                }
                None => {
                    locals.push((key, Local::Alive(value)));
                    None
                }
            }
        }
    }

    /// The handle of the running task, made by `make` when there is none yet.
    pub fn handle(make: impl FnOnce() -> std::rc::Rc<dyn Any>) -> std::rc::Rc<dyn Any> {
        let ex = exec().expect("a simulated thread was asked for outside a simulation");
        // SAFETY: as above; `make` does not come back to this task's handle.
        unsafe {
            let current = of(ex).current as usize;
            if of(ex).tasks[current].handle.is_none() {
                let handle = make();
                of(ex).tasks[current].handle = Some(handle);
            }
            of(ex).tasks[current].handle.clone().expect("it was set above")
        }
    }
}

/// Drops the running task's locals, in the order they were first used, and those that their destructors make.
pub fn run_destructors() {
    let Some(ex) = exec() else { return };
    loop {
        // SAFETY: module documentation; the value is dropped when no reference is held.
        let next = unsafe {
            let current = of(ex).current as usize;
            let locals = &mut of(ex).tasks[current].locals;
            locals
                .iter_mut()
                .find(|(_, l)| matches!(l, Local::Alive(_)))
                .map(|(_, l)| std::mem::replace(l, Local::Destroyed))
        };
        match next {
            Some(value) => drop(value),
            None => break,
        }
    }
}

impl Exec {
    fn add(&mut self, body: Body, stack_size: usize, name: Option<String>, at: Loc) -> TaskId {
        let of_rayon = at.file().contains("rayon-core");
        // rayon starts its global pool in a `Once`, and nothing else there.
        let outlives = of_rayon && self.tasks.get(self.current as usize).is_some_and(|t| t.initialising > 0);
        let id = self.tasks.len() as TaskId;
        self.tasks.push(Task {
            yielder: std::ptr::null(),
            started: false,
            state: State::Runnable,
            waiting: None,
            deadline: NEVER,
            quiet: false,
            timed_out: false,
            panicking: 0,
            locals: Vec::new(),
            handle: None,
            name,
            last: ("start", at),
            spawned_at: at,
            of_rayon,
            outlives,
            initialising: 0,
            stack: None,
        });
        self.coroutines.push(None);
        self.bodies.push(Some((body, stack_size)));
        self.runnable.push(id);
        id
    }

    fn waits_on(&self, id: TaskId, address: usize) -> bool {
        self.tasks[id as usize].waiting.is_some_and(|w| w.address == address && address != 0)
    }

    fn park(&mut self, id: TaskId, deadline: u64, quiet: bool) {
        let task = &mut self.tasks[id as usize];
        task.state = State::Blocked;
        task.deadline = deadline;
        task.quiet = quiet;
        task.timed_out = false;
        self.runnable.retain(|t| *t != id);
        self.blocked.push(id);
    }

    fn unpark(&mut self, id: TaskId, timed_out: bool) {
        let task = &mut self.tasks[id as usize];
        task.state = State::Runnable;
        task.timed_out = timed_out;
        task.quiet = false;
        self.blocked.retain(|t| *t != id);
        let place = self.runnable.partition_point(|t| *t < id);
        self.runnable.insert(place, id);
    }

    /// Goes on with another task, since the running one is blocked.
    unsafe fn leave(&mut self, ex: *mut Exec) {
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
    fn choose_next(&mut self) -> Option<TaskId> {
        while self.runnable.is_empty() {
            if let Some(quiet) = self.blocked.iter().copied().find(|t| self.tasks[*t as usize].quiet) {
                self.unpark(quiet, false);
                continue;
            }
            if self.root_returned {
                self.ending.get_or_insert(Ending::Completed);
                return None;
            }
            let soonest =
                self.blocked.iter().map(|t| self.tasks[*t as usize].deadline).min().unwrap_or(NEVER);
            if soonest == NEVER {
                self.ending.get_or_insert(Ending::Deadlock);
                return None;
            }
            self.now = soonest;
            self.steps_when_time_moved = self.steps;
            let mut due: Vec<TaskId> = self
                .blocked
                .iter()
                .copied()
                .filter(|t| self.tasks[*t as usize].deadline <= soonest)
                .collect();
            due.sort_unstable();
            for id in due {
                self.unpark(id, true);
            }
        }
        Some(self.strategy.next(&self.runnable, None, false))
    }

    fn finish(&mut self, id: TaskId) {
        let task = &mut self.tasks[id as usize];
        task.state = State::Finished;
        task.handle = None;
        self.runnable.retain(|t| *t != id);
        if self.ending.is_some() {
            return;
        }
        let mut i = 0;
        while i < self.blocked.len() {
            let other = self.blocked[i];
            if self.tasks[other as usize].waiting.is_some_and(|w| w.task == Some(id)) {
                self.unpark(other, false);
            } else {
                i += 1;
            }
        }
        if let Some(next) = self.choose_next() {
            self.next = next;
        }
    }

    #[cold]
    unsafe fn too_many_steps(&mut self, ex: *mut Exec) {
        HEARTBEAT.fetch_add(1, Ordering::Relaxed);
        if self.steps >= self.restless_at {
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
        if self.steps >= self.limits.steps {
            end(Ending::Endless);
        }
    }

    fn record(&mut self, op: &'static str, object: usize, at: Loc, blocked: bool) {
        let task = self.current;
        let time = Duration::from_nanos(self.now);
        if let Some(trace) = &mut self.trace {
            let object = if object == 0 {
                0
            } else {
                let known = trace.objects.iter().position(|o| *o == object);
                known.unwrap_or_else(|| {
                    trace.objects.push(object);
                    trace.objects.len() - 1
                }) as u32
                    + 1
            };
            let place = Some((at.file().to_owned(), at.line()));
            trace
                .events
                .push((Event { task, op, object, at: place, time, blocked }, Some(explain::capture())));
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
            time: Duration::from_nanos(self.now),
            steps_at_this_time: self.steps - self.steps_when_time_moved,
            panics: self.panics,
            threads,
            printed: self.console,
            events,
            names,
            path: self.strategy.into_path(),
        }
    }

    /// The name of a task as people read it.
    pub(crate) fn name_of(&self, id: TaskId) -> String {
        self.tasks[id as usize].name.clone().unwrap_or_else(|| format!("thread {id}"))
    }
}

/// Panics of simulated threads are recorded, not printed: the same one may happen in thousands of schedules.
fn install_hook() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let Some(ex) = exec() else { return previous(info) };
            // SAFETY: module documentation; the hook runs in the task that panics.
            unsafe {
                let id = of(ex).current;
                let name = of(ex).name_of(id);
                of(ex).tasks[id as usize].panicking += 1;
                let at = info.location();
                of(ex).panics.push(Panic {
                    thread: name,
                    task: id,
                    message: info.payload_as_str().unwrap_or("a value that is not text").to_owned(),
                    file: at.map_or(String::new(), |l| l.file().to_owned()),
                    line: at.map_or(0, Location::line),
                });
            }
        }));
    });
}
