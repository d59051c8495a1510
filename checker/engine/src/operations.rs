//! What a task can do: pass a scheduling point, block, wake, sleep, spawn, end the execution.
//!
//! Each function reaches the execution through the thread-local pointer of [`exec`](crate::exec), whose
//! documentation says why the `unsafe` holds.

use std::any::Any;
use std::panic::Location;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::exec::{Body, Exec, HEARTBEAT, exec, of, switch};
use crate::footprint::{Access, CLOCK, PRINTED, SPAWNS, end_of};
use crate::report::Ending;
use crate::task::{Loc, NEVER, Settled, State, TaskId, Waiting, Wake};

/// The operation of a spin.
const SPIN: &str = "spin";
/// A burst of more spins than this does not end by itself.
const BURST: u32 = 256;

/// The operation of a point that is not to be seen.
const SILENT: &str = "";

/// What is printed past this many bytes in one execution is dropped.
const CONSOLE: usize = 64 << 10;

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

/// Virtual time since the start of the execution, in nanoseconds, for deadlines: readings of the clock do not move it. 0
/// outside of an execution.
pub fn now() -> u64 {
    // SAFETY: as above.
    exec().map_or(0, |ex| unsafe { of(ex).clock.now })
}

/// What the clock shows, to someone whose look at it takes no time.
pub fn elapsed() -> Duration {
    // SAFETY: as above.
    Duration::from_nanos(exec().map_or(0, |ex| unsafe {
        of(ex).touch(CLOCK, Access::Look);
        of(ex).clock.face()
    }))
}

/// The running task reads the clock: a scheduling point, so that a loop until some time has come does not stop the world,
/// and a nanosecond.
pub fn read_clock(at: Loc) -> Duration {
    point("now", 0, at);
    if let Some(ex) = exec() {
        // SAFETY: as above.
        unsafe {
            of(ex).touch(CLOCK, Access::Change);
            of(ex).clock.readings += 1;
        }
    }
    elapsed()
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

/// A scheduling point for what the running task does without having been asked: it is in no trace.
#[track_caller]
pub fn silent_point() {
    point(SILENT, 0, Location::caller());
}

/// A scheduling point in a spin loop, at which the running task asks for another to go first. Of a burst of spins with
/// nothing in between only the first is one: the others would ask the same again.
pub fn spin_point(at: Loc) {
    if let Some(ex) = exec() {
        // SAFETY: module documentation.
        unsafe {
            let e = of(ex);
            let task = &mut e.tasks[e.current as usize];
            let is_more_of_the_same = task.last.0 == SPIN && task.spins < BURST;
            task.spins = if is_more_of_the_same { task.spins + 1 } else { 0 };
            if !is_more_of_the_same {
                pass(ex, SPIN, 0, at, true);
            }
        }
    }
}

#[inline]
unsafe fn pass(ex: *mut Exec, op: &'static str, object: usize, at: Loc, yielding: bool) {
    // SAFETY: the reference is not used after `switch`.
    unsafe {
        let e = &mut *ex;
        e.steps += 1;
        let me = e.current;
        if !op.is_empty() {
            e.tasks[me as usize].last = (op, at);
        }
        if e.steps.is_multiple_of(1024) {
            HEARTBEAT.fetch_add(1, Ordering::Relaxed);
        }
        if e.steps >= e.limits.steps.min(e.restless_at) {
            e.too_many_steps(ex);
        }
        if e.strategy.may_slip() {
            e.slip();
        }
        if e.enumerates {
            match e.tasks[me as usize].takes {
                Some(lock) => e.announce(lock.address, Access::Change),
                None => e.announce(object, Access::of(op)),
            }
            pass_enumerated(ex, yielding);
        } else if e.runnable.len() > 1 {
            let next = e.strategy.next(&e.runnable, Some(me), yielding);
            if next != me {
                e.switches += 1;
                e.next = next;
                switch(ex);
            }
        }
        if of(ex).trace.is_some() && !op.is_empty() {
            of(ex).record(op, object, at, false);
        }
    }
}

/// As [`point`], for a step that takes the lock which `lock` would wait for. In an enumeration it can't be taken while somebody
/// has the lock: a task that tries and waits has done nothing.
pub fn take_point(op: &'static str, object: usize, lock: Waiting) {
    let Some(ex) = exec() else { return };
    // SAFETY: module documentation.
    unsafe {
        let me = of(ex).current as usize;
        of(ex).tasks[me].takes = of(ex).enumerates.then_some(lock);
        pass(ex, op, object, lock.at, false);
        if of(ex).tasks[me].takes.take().is_some() {
            of(ex).tasks[me].waiting = None;
        }
    }
}

#[cold]
unsafe fn pass_enumerated(ex: *mut Exec, yielding: bool) {
    // SAFETY: the reference is not used after `switch`.
    unsafe {
        let e = &mut *ex;
        let me = e.current;
        e.step_taken();
        e.park_those_without_their_lock();
        if e.tasks[me as usize].state == State::Blocked {
            return e.leave(ex);
        }
        match e.next_step(Some(me), yielding) {
            Some(next) if next == me => {}
            Some(next) => {
                e.switches += 1;
                e.next = next;
                switch(ex);
            }
            // The execution has ended, so this is resumed to explain only.
            None => loop {
                switch(ex);
            },
        }
    }
}

/// The running task has taken the lock at `address`.
pub fn taken(address: usize) {
    if let Some(ex) = exec() {
        // SAFETY: module documentation.
        unsafe { of(ex).takes_lock(address) }
    }
}

/// The running task lets go of the lock at `address`: those that wait for it can run.
pub fn released(address: usize) {
    if let Some(ex) = exec() {
        // SAFETY: module documentation.
        unsafe {
            of(ex).releases_lock(address);
            of(ex).wake(address, false);
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
    let object = waiting.task.map_or(waiting.address, end_of);
    // SAFETY: module documentation; no reference is held across `switch`.
    unsafe {
        of(ex).touch(object, Access::Change);
        if of(ex).enumerates {
            of(ex).announce(object, Access::Change);
        }
        suspend(ex, waiting, deadline)
    }
}

/// A scheduling point that the running task passes when `done` says yes, which must stay so from then on. `object` is what
/// `done` looks at.
pub fn wait_until(waiting: Waiting, object: usize, done: impl Fn() -> bool) {
    if let Some(ex) = exec() {
        // A task that waits takes no step: when it found out that it had to makes no difference, so it is not told from a
        // task that was not there yet.
        // SAFETY: module documentation.
        while unsafe { of(ex).enumerates } && !done() {
            // SAFETY: as in `block`.
            unsafe { suspend(ex, waiting, None) };
        }
    }
    point(waiting.op, object, waiting.at);
    while !done() {
        block(waiting, None);
    }
    if let Some(ex) = exec() {
        // SAFETY: module documentation.
        unsafe { of(ex).awaits(waiting.task.map_or(waiting.address, end_of)) }
    }
}

/// Leaves the running task until it is woken.
unsafe fn suspend(ex: *mut Exec, waiting: Waiting, deadline: Option<u64>) -> Wake {
    // SAFETY: module documentation; no reference is held across `switch`.
    unsafe {
        of(ex).record(waiting.op, waiting.address, waiting.at, true);
        of(ex).steps += 1;
        if of(ex).steps >= of(ex).limits.steps {
            of(ex).too_many_steps(ex);
        }
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
            of(ex).touch(address, Access::Change);
            of(ex).wake(address, false);
        }
    }
}

/// Wakes every task that waits at `address` for something that is done for good now: see [`wait_until`].
pub fn wake_done(address: usize) {
    if let Some(ex) = exec() {
        // SAFETY: module documentation.
        unsafe { of(ex).wake(address, true) }
    }
}

/// Wakes one of the tasks that are blocked on `address`; the schedule decides which. Says whether there was one.
pub fn wake_one(address: usize) -> bool {
    let Some(ex) = exec() else { return false };
    // SAFETY: module documentation.
    unsafe {
        let ex = &mut *ex;
        ex.touch(address, Access::Change);
        let mut waiters: Vec<TaskId> =
            ex.blocked.iter().copied().filter(|t| ex.waits_on(*t, address)).collect();
        waiters.sort_unstable();
        if waiters.is_empty() {
            return false;
        }
        let id = waiters[ex.strategy.choose(waiters.len())];
        ex.unpark(id, false);
        ex.enables(id);
        true
    }
}

/// Wakes `task` if it is blocked on `address`.
pub fn wake_task(task: TaskId, address: usize) {
    if let Some(ex) = exec() {
        // SAFETY: module documentation.
        unsafe {
            let ex = &mut *ex;
            ex.touch(address, Access::Change);
            if ex.tasks[task as usize].state == State::Blocked && ex.waits_on(task, address) {
                ex.unpark(task, false);
                ex.enables(task);
            }
        }
    }
}

/// Whether a wait that may end by itself does so now: at most twice in an execution, once in `n` times on the average, and
/// never while all schedules are enumerated. The libraries, which are known to wait in loops, are left alone.
pub fn spurious(n: usize, at: Loc) -> bool {
    // SAFETY: module documentation.
    exec().is_some_and(|ex| unsafe {
        let ex = &mut *ex;
        let library = at.file().contains("/crossbeam-") || at.file().contains("/rayon-");
        let yes = ex.spurious < 2 && !library && !ex.enumerates && ex.strategy.choose(n) == 0;
        ex.spurious += u32::from(yes);
        yes
    })
}

/// 64 bits that the schedule decides; 0 outside an execution and while all schedules are enumerated.
pub fn random() -> u64 {
    // SAFETY: module documentation.
    exec().map_or(0, |ex| unsafe { of(ex).strategy.random() })
}

/// Something that may happen or not, once in `n` times on the average; never while all schedules are enumerated.
pub fn chance(n: usize) -> bool {
    // SAFETY: module documentation.
    exec().is_some_and(|ex| unsafe { !of(ex).enumerates && of(ex).strategy.choose(n) == 1 })
}

/// The running task touches what other tasks can reach at `address`. An enumeration has to
/// know; everything that passes a scheduling point for `address`, blocks on it or wakes others by it need not be said.
#[inline]
pub fn touch(address: usize, access: Access) {
    if let Some(ex) = exec() {
        // SAFETY: module documentation.
        unsafe { of(ex).touch(address, access) }
    }
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
        if of(ex).alive >= of(ex).limits.threads {
            end(Ending::Crowded(of(ex).limits.threads));
        }
        // The numbers of tasks are given in the order of their spawns.
        of(ex).touch(SPAWNS, Access::Change);
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

/// The running task enters a one-time initialisation that was called at `at`, or leaves it.
pub fn initialising(entered: bool, at: Loc) {
    if let Some(ex) = exec().filter(|_| at.file().contains("/rayon-core-1")) {
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
            of(ex).touch(PRINTED, Access::Change);
            let room = CONSOLE.saturating_sub(of(ex).console.len());
            let mut cut = text.len().min(room);
            while !text.is_char_boundary(cut) {
                cut -= 1;
            }
            of(ex).console.push_str(&text[..cut]);
        }
    }
}
