//! What a task can do: pass a scheduling point, block, wake, sleep, spawn, end the execution.
//!
//! Each function decides inside of the execution, which [`with`] lends it, and switches outside: [`Turn::take`].

use std::io;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::execution::{Exec, Turn, with};
use crate::footprint::{Access, CLOCK, PRINTED, SPAWNS, end_of};
use crate::library::{self, RAYON};
use crate::panics::LONGEST_TEXT;
use crate::report::Ending;
use crate::switch::{self, Body};
use crate::task::{Handle, Loc, NEVER, Orders, Point, Settled, State, TaskId, Waiting, Wake, name_of};
use crate::trace::Trace;

/// The operation of a spin.
const SPIN: &str = "spin";
/// A burst of more spins than this does not end by itself.
const BURST: u32 = 256;

/// The operation of a point that is not to be seen.
const SILENT: &str = "";

/// A number that no other execution of this process has; 0 outside of one.
pub fn epoch() -> u32 {
    with(|ex| ex.epoch).unwrap_or(0)
}

/// The running task.
///
/// # Panics
/// Outside an execution.
pub fn current() -> TaskId {
    with(|ex| ex.current).expect("a simulated operation was used outside a simulation")
}

/// What the running task is called.
///
/// # Panics
/// As [`current`].
pub fn current_name() -> String {
    with(|ex| name_of(&ex.tasks, ex.current)).expect("a simulated operation was used outside a simulation")
}

/// Virtual time since the start of the execution, in nanoseconds, for deadlines: readings of the clock do not move it. 0
/// outside of an execution.
pub fn now() -> u64 {
    with(|ex| ex.clock.now).unwrap_or(0)
}

/// What the clock shows, to someone whose look at it takes no time.
pub fn elapsed() -> Duration {
    let face = with(|ex| {
        ex.touch(CLOCK, Access::Look);
        ex.clock.face()
    });
    Duration::from_nanos(face.unwrap_or(0))
}

/// The running task reads the clock: a scheduling point, so that a loop until some time has come does not stop the world,
/// and a nanosecond.
pub fn read_clock(at: Loc) -> Duration {
    point("now", 0, at);
    with(|ex| {
        ex.touch(CLOCK, Access::Change);
        ex.clock.readings += 1;
    });
    elapsed()
}

/// Ends the execution from inside a task, which does not go on.
pub fn end(ending: Ending) -> ! {
    with(|ex| ex.end(ending)).expect("only an execution can be ended").take();
    unreachable!("a task of an ended execution is resumed to explain itself only")
}

/// A scheduling point: the running task is about to do `op` to the object at `object`, and another may go first.
/// Does nothing outside an execution.
pub fn point(op: &'static str, object: usize, at: Loc) {
    pass(Point { op, object, at, yields: false, orders: None, is_plain: false, is_count: false });
}

/// As [`point`], for an access of data that is no atomic and no lock: whoever gets there gets to know nothing of others. An
/// empty `op` is not to be seen.
pub fn plain_point(op: &'static str, object: usize, at: Loc) {
    pass(Point { op, object, at, yields: false, orders: None, is_plain: true, is_count: false });
}

/// As [`point`], for an operation on the atomic at `object`, whose orders are kept with the event. Says whether orders mean
/// what they say: then the [memory](crate::memory_load) has to know of the operation.
#[must_use]
pub fn atomic_point(
    op: &'static str,
    object: usize,
    at: Loc,
    success: Ordering,
    failure: Option<Ordering>,
) -> bool {
    let orders = Some(Orders { success, failure });
    pass(Point { op, object, at, yields: false, orders, is_plain: false, is_count: false });
    let has_memory = with(|ex| {
        let is_weaker = success != Ordering::SeqCst || failure.is_some_and(|order| order != Ordering::SeqCst);
        if is_weaker && !ex.has_weaker_orders {
            ex.has_weaker_orders = library::is_of_the_program(at);
        }
        // The instruction itself may be interposed, where it is inlined into code that is.
        ex.announced_atomic = object;
        ex.memory.is_some()
    });
    has_memory == Some(true)
}

/// A scheduling point at which the running task asks for another to go first.
pub fn yield_point(op: &'static str, at: Loc) {
    pass(Point { op, object: 0, at, yields: true, orders: None, is_plain: false, is_count: false });
}

/// A scheduling point for what the running task does without having been asked: it is in no trace.
#[track_caller]
pub fn silent_point() {
    point(SILENT, 0, std::panic::Location::caller());
}

/// A scheduling point in a spin loop, at which the running task asks for another to go first. Of a burst of spins with
/// nothing in between only the first is one: the others would ask the same again.
pub fn spin_point(at: Loc) {
    let is_first = with(|ex| {
        let task = ex.running();
        let is_more_of_the_same = task.last.0 == SPIN && task.spins < BURST;
        task.spins = if is_more_of_the_same { task.spins + 1 } else { 0 };
        !is_more_of_the_same
    });
    if is_first == Some(true) {
        yield_point(SPIN, at);
    }
}

#[inline]
pub(crate) fn pass(point: Point) {
    let arrived = with(|ex| match ex.only_looks(point) {
        true => (Turn::Keep, false),
        false => (ex.arrive(point), ex.trace.is_some() || ex.memory.is_some()),
    });
    let Some((turn, is_noted)) = arrived else { return };
    go_on(turn, |ex| ex.choose_at(point));
    if is_noted {
        with(|ex| {
            if !point.op.is_empty() {
                ex.record_point(point, false);
            }
            ex.has_passed(point);
        });
    }
}

/// Takes the turn; if another task was to go first, `decide` comes after that.
#[inline]
fn go_on(turn: Turn, decide: impl FnOnce(&mut Exec) -> Turn) {
    turn.take();
    if turn == Turn::First {
        with(decide).unwrap_or(Turn::Keep).take();
    }
}

/// As [`point`], for a step that takes the lock which `lock` would wait for. In an enumeration it can't be taken while somebody
/// has the lock: a task that tries and waits has done nothing.
pub fn take_point(op: &'static str, object: usize, lock: Waiting) {
    with(|ex| ex.running().takes = ex.enumerates.then_some(lock));
    point(op, object, lock.at);
    with(|ex| {
        if ex.running().takes.take().is_some() {
            ex.running().waiting = None;
        }
    });
}

/// The running task has taken the lock at `address`.
pub fn taken(address: usize) {
    with(|ex| ex.takes_lock(address));
}

/// The running task lets go of the lock at `address`: those that wait for it can run.
pub fn released(address: usize) {
    with(|ex| {
        ex.releases_lock(address);
        ex.wake(address, false);
    });
}

/// Adds an event to the trace, if there is one, without a scheduling point.
pub fn record(op: &'static str, object: usize, at: Loc) {
    with(|ex| ex.record(op, object, at, false));
}

/// Says what became of the last thing that the running task did, for the trace; an empty text says nothing.
pub fn outcome(text: impl FnOnce() -> String) {
    say(text, Trace::outcome);
}

/// As [`outcome`], unless the same was said when the task did something to the same object before.
pub fn outcome_if_new(text: impl FnOnce() -> String) {
    say(text, Trace::outcome_if_new);
}

fn say(text: impl FnOnce() -> String, say: fn(&mut Trace, TaskId, String)) {
    if with(|ex| ex.trace.is_some()) != Some(true) {
        return;
    }
    let text = text();
    with(|ex| {
        let task = ex.current;
        if let Some(trace) = ex.trace.as_mut().filter(|_| !text.is_empty()) {
            say(trace, task, text);
        }
    });
}

/// Blocks the running task until it is woken by its address, or until the deadline in virtual nanoseconds.
///
/// # Panics
/// Outside an execution, where nothing could ever wake it.
pub fn block(waiting: Waiting, deadline: Option<u64>) -> Wake {
    let object = waiting.task.map_or(waiting.address, end_of);
    let turn = with(|ex| {
        ex.touch(object, Access::Change);
        if ex.enumerates {
            ex.announce(object, Access::Change);
        }
        ex.suspend(waiting, deadline)
    });
    let Some(turn) = turn else {
        panic!("{} would wait for {} outside a simulation", waiting.op, waiting.what);
    };
    go_on(turn, |ex| ex.wait(waiting, deadline));
    if has_timed_out() {
        return Wake::TimedOut;
    }
    with(|ex| ex.meet(object));
    Wake::Woken
}

/// The running task waits no longer. Says whether it was its deadline that came.
fn has_timed_out() -> bool {
    let timed_out = with(|ex| {
        let task = ex.running();
        task.waiting = None;
        task.timed_out
    });
    timed_out == Some(true)
}

/// A scheduling point that the running task passes when `done` says yes, which must stay so from then on. `object` is what
/// `done` looks at.
pub fn wait_until(waiting: Waiting, object: usize, done: impl Fn() -> bool) {
    // A task that waits takes no step: when it found out that it had to makes no difference, so it is not told from a
    // task that was not there yet.
    while with(|ex| ex.enumerates) == Some(true) && !done() {
        if let Some(turn) = with(|ex| ex.suspend(waiting, None)) {
            go_on(turn, |ex| ex.wait(waiting, None));
            has_timed_out();
        }
    }
    point(waiting.op, object, waiting.at);
    while !done() {
        block(waiting, None);
    }
    with(|ex| ex.awaits(waiting.task.map_or(waiting.address, end_of)));
}

/// Blocks the running task until virtual time has reached `deadline`.
pub fn sleep_until(deadline: u64, op: &'static str, at: Loc) {
    let waiting = Waiting::on("time to pass", op, 0, at);
    if deadline > now() {
        block(waiting, Some(deadline));
    } else {
        yield_point(op, at);
    }
}

/// Blocks the running task until no other can run unless time moves, for at most `steps` steps.
///
/// # Panics
/// Outside an execution.
pub fn settle(steps: u64, at: Loc) -> Settled {
    let what = "everything else to come to rest";
    let waiting = Waiting::on(what, "settle", 0, at);
    let turn = with(|ex| {
        let me = ex.current;
        ex.running().waiting = Some(waiting);
        ex.restless_at = ex.effort + steps + ex.steps_of_a_crowd();
        ex.park(me, NEVER, true);
        ex.leave()
    });
    turn.expect("only a simulation can come to rest").take();
    with(|ex| {
        ex.restless_at = NEVER;
        ex.knows_all();
    });
    if has_timed_out() { Settled::Restless } else { Settled::AtRest }
}

/// Wakes every task that is blocked on `address`. Says whether there was one.
pub fn wake_all(address: usize) -> bool {
    let woken = with(|ex| {
        ex.touch(address, Access::Change);
        let is_awaited = ex.trace.is_some() && ex.blocked.iter().any(|task| ex.waits_on(*task, address));
        ex.wake(address, false);
        is_awaited
    });
    woken == Some(true)
}

/// Wakes every task that waits at `address` for something that is done for good now: see [`wait_until`].
pub fn wake_done(address: usize) {
    with(|ex| ex.wake(address, true));
}

/// Wakes one of the tasks that are blocked on `address`; the schedule decides which. Says whether there was one.
pub fn wake_one(address: usize) -> bool {
    let woken = with(|ex| {
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
    });
    woken == Some(true)
}

/// Wakes `task` if it is blocked on `address`.
pub fn wake_task(task: TaskId, address: usize) {
    with(|ex| {
        ex.touch(address, Access::Change);
        if ex.tasks[task as usize].state == State::Blocked && ex.waits_on(task, address) {
            ex.unpark(task, false);
            ex.enables(task);
        }
    });
}

/// Blocks as [`block`] does. Or the wait ends by itself, as [`spurious`] decides: when it begins, or when half of the time until
/// `deadline` is over. A program that waits once more with the whole limit does not survive the second. The wait was ended by somebody
/// then, as far as the program can tell.
pub fn block_or_end(n: usize, waiting: Waiting, deadline: Option<u64>) -> Wake {
    let (address, at) = (waiting.address, waiting.at);
    if !spurious(n, at) {
        return block(waiting, deadline);
    }
    let half = with(|ex| {
        let left = deadline.map_or(0, |deadline| deadline.saturating_sub(ex.clock.now));
        (left > 1 && ex.strategy.choose(2) == 1).then(|| ex.clock.now + left / 2)
    });
    let wake = half.flatten().map_or(Wake::TimedOut, |moment| block(waiting, Some(moment)));
    if wake == Wake::TimedOut {
        point("wakes by itself", address, at);
    }
    Wake::Woken
}

/// Whether a wait that may end by itself does so now: at most twice in an execution, once in `n` times on the average, and
/// never while all schedules are enumerated. The libraries, which are known to wait in loops, are left alone.
pub fn spurious(n: usize, at: Loc) -> bool {
    let now = with(|ex| {
        let library = library::is_of_one(at);
        let may = ex.spurious < 2 && !library && ex.strategy.has_chance();
        let yes = may && ex.strategy.choose(n) == 0;
        ex.spurious += u32::from(yes);
        yes
    });
    now == Some(true)
}

/// 64 bits that the seed decides, whatever the schedule; 0 outside an execution and while all schedules are enumerated.
pub fn random() -> u64 {
    with(|ex| ex.strategy.random()).unwrap_or(0)
}

/// Something that may happen or not in the world around the program, whatever the schedule: once in `n` times on the
/// average, and never while all schedules are enumerated.
pub fn chance(n: usize) -> bool {
    with(|ex| ex.strategy.happens(n)) == Some(true)
}

/// The running task touches what other tasks can reach at `address`. An enumeration has to
/// know; everything that passes a scheduling point for `address`, blocks on it or wakes others by it need not be said.
pub fn touch(address: usize, access: Access) {
    with(|ex| ex.touch(address, access));
}

/// A number in `0..n` that the schedule decides.
pub fn choose(n: usize) -> usize {
    with(|ex| ex.strategy.choose(n)).unwrap_or(0)
}

/// Starts a task, which is an event. It can run from the next scheduling point on, so its own events come later.
///
/// # Safety
/// Whatever `body` borrows must outlive the task's run, or the execution must end before.
///
/// # Errors
/// If the system has no room for the stack.
///
/// # Panics
/// Outside an execution.
pub unsafe fn spawn<'a>(
    body: Box<dyn FnOnce() + 'a>,
    stack_size: usize,
    name: Option<String>,
    handle: &mut dyn FnMut(TaskId) -> Handle,
    at: Loc,
) -> io::Result<TaskId> {
    const OP: &str = "spawn";
    let crowded = with(|ex| (ex.alive >= ex.limits.threads).then_some(ex.limits.threads));
    if let Some(most) = crowded.expect("a simulated thread was spawned outside a simulation") {
        end(Ending::Crowded(most));
    }
    let stack = switch::stack(stack_size)?;
    // SAFETY: the caller answers for the lifetime.
    let body = unsafe { std::mem::transmute::<Box<dyn FnOnce() + 'a>, Body>(body) };
    switch::prepare(stack, body);
    let task = with(|ex| {
        // The numbers of tasks are given in the order of their spawns.
        ex.touch(SPAWNS, Access::Change);
        let id = ex.add(name, at);
        ex.running().last = (OP, at);
        ex.record(OP, 0, at, false);
        id
    });
    let task = task.expect("the execution is still there");
    let handle = handle(task);
    with(|ex| ex.tasks[task as usize].handle = Some(handle));
    Ok(task)
}

/// Whether `task` has finished.
pub fn finished(task: TaskId) -> bool {
    with(|ex| ex.tasks[task as usize].state == State::Finished).unwrap_or(true)
}

/// The running task enters a one-time initialisation that was called at `at`, or leaves it.
pub fn initialising(entered: bool, at: Loc) {
    if library::package_at(at) == Some(RAYON) {
        with(|ex| {
            let count = &mut ex.running().initialising;
            *count = if entered { *count + 1 } else { count.saturating_sub(1) };
        });
    }
}

/// How many tasks have not finished, the first one and those of rayon's global pool not counted.
pub fn live() -> usize {
    with(|ex| ex.tasks[1..].iter().filter(|t| t.state != State::Finished && !t.outlives).count()).unwrap_or(0)
}

/// Adds to what the execution has printed, up to [`LONGEST_TEXT`].
pub fn console(text: &str) {
    with(|ex| {
        ex.touch(PRINTED, Access::Change);
        let room = LONGEST_TEXT.saturating_sub(ex.console.len());
        ex.console.push_str(&text[..text.floor_char_boundary(room)]);
    });
}
