//! Coroutines and their stacks: the one module that switches from one stack to another.
//!
//! # Why the `unsafe` here holds
//! Everything here belongs to one OS thread, which runs one coroutine at a time. [`switch`] is the only way out of a
//! coroutine. It knows nothing of the execution: whoever calls it has decided before, and holds no reference into the
//! execution ([`with`](crate::execution::with) lends one to a closure, and a switch inside of it would be a borrow
//! that the next task finds taken, which panics). When an execution ends early, the stacks of its unfinished tasks
//! are reset without running destructors and never resumed, so nothing that they borrowed is touched again.

use std::alloc::{Layout, handle_alloc_error};
use std::cell::{Cell, RefCell};
use std::io;
use std::mem::ManuallyDrop;
use std::ptr;

use corosensei::stack::{DefaultStack, Stack as _};
use corosensei::{Coroutine, CoroutineResult, Yielder};

use crate::execution::{Turn, with};
use crate::stack::capture;
use crate::task::{Resume, TaskId};

pub(crate) type Body = Box<dyn FnOnce()>;
/// In a box, since it is taken out for each turn: a word is moved sooner than a coroutine.
type Co = Box<Routine>;
type Routine = Coroutine<Resume, (), (), DefaultStack>;

/// As large as std's default for a thread. The system commits pages of it only when they are touched.
pub(crate) const STACK: usize = 2 << 20;
/// Larger than any address space: rounded up to pages, it must still be a number.
const TOO_LARGE: usize = usize::MAX / 2;

thread_local! {
    /// Those of the tasks of the execution, by number; a task that runs has its own taken out. There are none between two
    /// executions, so nothing is left to a destructor, and to reach them costs no look at whether it has been run.
    static COROUTINES: RefCell<ManuallyDrop<Vec<Option<Co>>>> =
        const { RefCell::new(ManuallyDrop::new(Vec::new())) };
    /// Stacks to be used again.
    static STACKS: RefCell<Vec<DefaultStack>> = const { RefCell::new(Vec::new()) };
    /// How the running task gets back to the scheduler; null while the scheduler runs itself.
    static YIELDER: Cell<*const Yielder<Resume, ()>> = const { Cell::new(ptr::null()) };
}

/// Makes a stack for a task that is to be.
///
/// Where there is no room for one of the usual size, the process ends as it does when any other memory is refused.
///
/// # Errors
/// If it is to be larger than usual, and the system has no room for it.
pub(crate) fn stack(size: usize) -> io::Result<DefaultStack> {
    if size <= STACK
        && let Some(stack) = STACKS.with_borrow_mut(Vec::pop)
    {
        return Ok(stack);
    }
    if size > TOO_LARGE {
        return Err(io::ErrorKind::OutOfMemory.into());
    }
    let stack = DefaultStack::new(size.max(STACK));
    if size <= STACK && stack.is_err() {
        // Whether there is room for one more ordinary stack depends on the machine, so no verdict may hang on it.
        let layout = Layout::from_size_align(STACK, 1).expect("an alignment of one fits any size");
        handle_alloc_error(layout);
    }
    stack
}

/// Makes the coroutine of the task whose turn it is to get a number. It runs `body` when it is resumed first.
pub(crate) fn prepare(stack: DefaultStack, body: Body) {
    let co = Coroutine::with_stack(stack, move |yielder: &Yielder<Resume, ()>, _| {
        YIELDER.set(yielder);
        body();
    });
    COROUTINES.with_borrow_mut(|all| all.push(Some(Box::new(co))));
}

/// Runs a task until it switches. Says whether its body has returned. One that was never resumed has nothing to explain.
pub(crate) fn resume(id: TaskId, resume: Resume) -> bool {
    let taken = COROUTINES.with_borrow_mut(|all| all[id as usize].take());
    let mut co = taken.expect("only a task that has not finished is resumed");
    let is_of_use = resume == Resume::Go || co.started();
    let before = YIELDER.get();
    let has_returned = is_of_use && matches!(co.resume(resume), CoroutineResult::Return(()));
    YIELDER.set(before);
    COROUTINES.with_borrow_mut(|all| all[id as usize] = Some(co));
    has_returned
}

/// Gives the stack of a finished task to the next one that is spawned.
pub(crate) fn recycle(id: TaskId) {
    COROUTINES.with_borrow_mut(|all| all[id as usize].take()).into_iter().for_each(|co| reuse(*co));
}

/// Gives up all coroutines. What unfinished ones own is leaked: its destructors belong to an execution that has ended.
pub(crate) fn recycle_all() {
    COROUTINES.with_borrow_mut(|all| all.drain(..).flatten().for_each(|co| reuse(*co)));
}

fn reuse(mut co: Routine) {
    if !co.done() {
        // SAFETY: nothing resumes this coroutine any more, and what its frames borrow is not used by them again; what
        // they own is leaked (module documentation). So is the body of one that was never resumed.
        unsafe { co.force_reset() };
    }
    let stack = co.into_stack();
    if stack.base().get() - stack.limit().get() <= 2 * STACK {
        STACKS.with_borrow_mut(|stacks| stacks.push(stack));
    }
}

impl Turn {
    /// Does what was decided. The caller must be outside of the execution again: see [`with`].
    #[inline]
    pub(crate) fn take(self) {
        match self {
            Self::Keep => {}
            Self::Pass | Self::First => switch(),
            // The task is resumed to explain itself only.
            Self::Over => loop {
                switch();
            },
        }
    }
}

/// Whether the caller runs on the stack of a task, and not on the scheduler's.
#[inline]
pub(crate) fn is_in_a_task() -> bool {
    !YIELDER.get().is_null()
}

/// Leaves the running task, for the one that the execution has chosen.
pub(crate) fn switch() {
    let yielder = YIELDER.get();
    loop {
        // SAFETY: the running task has set it when it began or was resumed last, and it lives as long as the coroutine,
        // on whose stack this runs.
        let resumed_for = unsafe { (*yielder).suspend(()) };
        YIELDER.set(yielder);
        if resumed_for == Resume::Go {
            return;
        }
        let stack = capture();
        with(|ex| ex.explained(stack));
    }
}
