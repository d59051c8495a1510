//! What drives an execution to its end: it resumes one task after the other.

use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::execution::{self, Exec, HEARTBEAT, in_execution, with};
use crate::explain;
use crate::heap::{self, Keeping};
use crate::panics::{catching, install_hook};
use crate::report::{Ending, Panic, Run};
use crate::stack::{Stack, learners_place};
use crate::strategy::Strategy;
use crate::switch::{self, STACK};
use crate::task::{Limits, Resume, State, TaskId, name_of};

static EPOCHS: AtomicU32 = AtomicU32::new(1);

/// Whether tasks are being run, and not looked into.
static RUNNING: AtomicBool = AtomicBool::new(false);

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
    /// The path of the learner's source as it was given to rustc, or a folder with a separator behind it: frames with it, or
    /// in it, are the learner's.
    pub source: &'a str,
}

/// A number that goes up as scheduling points are passed and executions end, or `None` while no task runs. For a
/// watchdog on another OS thread.
pub fn steps_heartbeat() -> Option<u64> {
    RUNNING.load(Ordering::Relaxed).then(|| HEARTBEAT.load(Ordering::Relaxed))
}

/// Runs `root` as the first task of an execution, to the end.
///
/// # Panics
/// Inside an execution: they don't nest. If the system has no room for a stack.
pub fn execute(options: Options<'_>, root: &dyn Fn()) -> Run {
    assert!(!in_execution(), "executions do not nest");
    install_hook();
    let Options { strategy, limits, explain, trace, source } = options;
    let stack = switch::stack(STACK).expect("the system has room for a stack");
    let mut exec =
        Exec::new(EPOCHS.fetch_add(1, Ordering::Relaxed), strategy, limits, trace, explain || trace);
    let enumerates = exec.enumerates;
    heap::keep(match enumerates {
        true => Keeping::All,
        false if exec.strategy.watches_the_heap() => Keeping::Filled,
        false => Keeping::Nothing,
    });
    exec.add(Some("main".into()), Location::caller());
    if enumerates {
        exec.next_step(None, false);
    }
    // SAFETY: the body is run, or its coroutine reset, before this function returns.
    let root: &'static dyn Fn() = unsafe { std::mem::transmute::<&dyn Fn(), &'static dyn Fn()>(root) };
    let body = move || {
        let outcome = catching(root);
        with(|ex| ex.root_has_returned(outcome.is_err()));
    };
    switch::prepare(stack, Box::new(body));
    let mut exec = execution::during(exec, || {
        RUNNING.store(true, Ordering::Relaxed);
        drive(enumerates);
        RUNNING.store(false, Ordering::Relaxed);
        if explain {
            explain_unfinished();
        }
        switch::recycle_all();
    });
    HEARTBEAT.fetch_add(1, Ordering::Relaxed);
    if heap::let_go() && matches!(exec.ending, None | Some(Ending::Completed)) {
        exec.ending = Some(Ending::Spoiled);
    }
    into_run(exec, source)
}

/// Resumes one task after the other until the execution has ended.
fn drive(enumerates: bool) {
    while let Some(id) = with(Exec::begin_turn).flatten() {
        if switch::resume(id, Resume::Go) {
            // An enumeration knows objects by their addresses, so those on a stack are not given out twice either.
            if !enumerates {
                switch::recycle(id);
            }
            // What the task's handle holds is dropped here, outside of the execution.
            drop(with(|ex| ex.finish(id)));
        }
    }
}

/// Has each task that has not finished look at its stack.
fn explain_unfinished() {
    let unfinished = with(|ex| ex.unfinished()).unwrap_or_default();
    for id in unfinished {
        with(|ex| ex.current = id);
        switch::resume(id, Resume::Explain);
    }
}

/// A panic of core's or of a library's is told at the learner's line that led there.
fn at_own_line(mut panic: Panic, stack: Option<Stack>, source: &str) -> Panic {
    if let Some((file, line)) = stack.and_then(|stack| learners_place(&panic.file, &stack, source)) {
        (panic.file, panic.line) = (file, line);
    }
    panic
}

fn into_run(mut exec: Exec, source: &str) -> Run {
    let ids = || 0..exec.tasks.len() as TaskId;
    let names = ids().map(|id| name_of(&exec.tasks, id)).collect();
    let unfinished = ids().filter(|id| exec.tasks[*id as usize].state != State::Finished);
    let threads = unfinished.map(|id| explain::thread(&exec.tasks, id, source)).collect();
    // What unfinished tasks own is left alone, like their stacks.
    exec.tasks.iter_mut().for_each(|task| std::mem::forget(std::mem::take(&mut task.locals)));
    let (enumeration, script) = exec.strategy.into_choices();
    let (stale_choices, stale_reads, data_race) =
        exec.memory.map(|memory| (memory.chosen, memory.stale, memory.data_race)).unwrap_or_default();
    Run {
        has_weaker_orders: exec.has_weaker_orders,
        stale_choices,
        stale_reads,
        data_race,
        ending: exec.ending.unwrap_or(Ending::Completed),
        steps: exec.steps,
        count_points: exec.count_points,
        switches: exec.switches,
        time: std::time::Duration::from_nanos(exec.clock.now),
        steps_at_this_time: exec.steps - exec.clock.steps_when_moved,
        readings_at_this_time: exec.clock.readings - exec.clock.readings_when_moved,
        panics: exec.panics.into_iter().map(|(panic, stack)| at_own_line(panic, stack, source)).collect(),
        threads,
        printed: exec.console,
        events: exec.trace.map(|trace| trace.into_events(source)).unwrap_or_default(),
        names,
        enumeration,
        script,
    }
}
