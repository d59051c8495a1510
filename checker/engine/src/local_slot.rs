//! Slots for values that belong to one task.

use std::any::Any;

use crate::exec::{exec, of};
use crate::task::Local;

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
