//! Slots for values that belong to one task.

use std::any::Any;

use crate::execution::with;
use crate::task::{Handle, Local};

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
///
/// # Panics
/// Outside an execution.
pub fn get(key: usize) -> Slot {
    let slot = with(|ex| match ex.running().locals.iter().find(|(k, _)| *k == key) {
        Some((_, Local::Alive { value, .. })) => Slot::Alive(&raw const **value),
        Some((_, Local::Destroyed)) => Slot::Destroyed,
        None => Slot::Absent,
    });
    slot.expect("a simulated thread-local was used outside a simulation")
}

/// Gives the slot with `key` its value. A value that it has already (its own initialisation may have
/// made one) is given back, to be dropped by the caller.
///
/// # Panics
/// Outside an execution.
pub fn set<T: Any>(key: usize, value: T) -> Option<Box<dyn Any>> {
    let value: Box<dyn Any> = Box::new(value);
    let has_destructor = std::mem::needs_drop::<T>();
    let old = with(|ex| {
        let locals = &mut ex.running().locals;
        match locals.iter_mut().find(|(k, _)| *k == key) {
            Some((_, Local::Alive { value: old, .. })) => Some(std::mem::replace(old, value)),
            Some((_, slot)) => {
                *slot = Local::Alive { value, has_destructor };
                None
            }
            None => {
                locals.push((key, Local::Alive { value, has_destructor }));
                None
            }
        }
    });
    old.expect("a simulated thread-local was used outside a simulation")
}

/// The handle of the running task, made by `make` when there is none yet.
///
/// # Panics
/// Outside an execution.
pub fn handle(make: impl FnOnce() -> Handle) -> Handle {
    let known = with(|ex| ex.running().handle.clone());
    known.expect("a simulated thread was asked for outside a simulation").unwrap_or_else(|| {
        let handle = make();
        with(|ex| ex.running().handle = Some(handle.clone()));
        handle
    })
}

/// Ends the running task's locals as std does: the one that was made last goes first, those that destructors make included.
/// What has no destructor can be used by all of these.
pub fn run_destructors() {
    // The value is dropped outside of the execution.
    while let Some(value) = with(|ex| {
        let has_one = |local: &Local| matches!(local, Local::Alive { has_destructor: true, .. });
        let last = ex.running().locals.iter_mut().rfind(|(_, local)| has_one(local));
        last.map(|(_, local)| std::mem::replace(local, Local::Destroyed))
    })
    .flatten()
    {
        drop(value);
    }
    // What is left has no destructor: this gives memory back, and nothing else.
    drop(with(|ex| std::mem::take(&mut ex.running().locals)));
}
