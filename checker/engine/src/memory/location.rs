//! The stores to one atomic, in modification order, and which of them a thread can still read.

use std::rc::Rc;
use std::sync::atomic::Ordering;

use super::vector_clock::{SEQ_CST, VectorClock};
use crate::task::{Loc, TaskId};

/// So many stores of a location are kept. The oldest go: that takes choices away, and adds none.
const KEPT: usize = 16;
/// So many reads of a location are kept.
const READS: usize = 48;

/// A store to an atomic.
#[derive(Debug, Clone)]
pub(super) struct Store {
    /// Unique in an execution, ascending in the order in which stores were executed.
    pub(super) serial: u64,
    pub(super) value: u64,
    /// Who knows this of this component knows the store.
    pub(super) component: usize,
    pub(super) when: u32,
    /// What an acquiring reader gets to know.
    pub(super) sync: Option<Rc<VectorClock>>,
    /// It is the second half of a read-modify-write: nothing comes between it and the store before it.
    pub(super) is_rmw: bool,
    /// The thread, the operation's order and place; `None` for the value that the location began with.
    pub(super) by: Option<(TaskId, Ordering, Loc)>,
}

/// A SeqCst store that has no place yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct LateStore {
    pub(super) address: usize,
    pub(super) serial: u64,
    pub(super) when: u32,
}

/// That a store was read, or that a SeqCst operation has its place in the order of all of them: who knows of it can't
/// read an older store.
#[derive(Debug, Clone, Copy)]
struct Seen {
    component: usize,
    when: u32,
    serial: u64,
}

/// What one look at a location may rest on.
pub(super) struct View<'a> {
    pub(super) clock: &'a VectorClock,
    /// What SeqCst fences have made known, for a SeqCst access: it knows all SeqCst operations before it as well.
    pub(super) fences: Option<&'a VectorClock>,
    /// Stores with smaller serials are visible to all.
    pub(super) horizon: u64,
}

impl View<'_> {
    fn knows(&self, component: usize, when: u32) -> bool {
        if self.clock.get(component) >= when {
            return true;
        }
        self.fences.is_some_and(|fences| component == SEQ_CST || fences.get(component) >= when)
    }
}

/// An atomic: its stores in modification order, the newest last.
#[derive(Debug)]
pub(super) struct Location {
    /// Differs from that of every other atomic that has been at the same address.
    pub(super) id: u64,
    pub(super) stores: Vec<Store>,
    seen: Vec<Seen>,
}

impl Location {
    pub(super) fn new(id: u64, value: u64, serial: u64) -> Self {
        let first = Store { serial, value, component: SEQ_CST, when: 0, sync: None, is_rmw: false, by: None };
        Self { id, stores: vec![first], seen: Vec::new() }
    }

    pub(super) fn newest(&self) -> &Store {
        self.stores.last().expect("a location has a value at any time")
    }

    pub(super) fn position(&self, serial: u64) -> Option<usize> {
        self.stores.iter().rposition(|store| store.serial == serial)
    }

    /// The position of the oldest store that can be read.
    pub(super) fn floor(&self, view: &View<'_>) -> usize {
        let is_bound = |store: &Store| view.knows(store.component, store.when) || store.serial < view.horizon;
        let mut floor = self.stores.iter().rposition(is_bound).unwrap_or(0);
        for seen in &self.seen {
            if view.knows(seen.component, seen.when)
                && let Some(position) = self.position(seen.serial)
            {
                floor = floor.max(position);
            }
        }
        floor
    }

    /// The positions that a new store can take, the end first. A read-modify-write that takes one reads the store before it.
    pub(super) fn places(&self, floor: usize) -> Vec<usize> {
        let end = self.stores.len();
        (floor + 1..=end).rev().filter(|i| *i == end || !self.stores[*i].is_rmw).collect()
    }

    pub(super) fn insert(&mut self, position: usize, store: Store) {
        self.stores.insert(position, store);
        if self.stores.len() > KEPT {
            self.stores.remove(0);
        }
    }

    /// Whoever knows `when` of the component can't read what is older than the store from now on.
    pub(super) fn note(&mut self, component: usize, when: u32, serial: u64) {
        let Some(position) = self.position(serial) else { return };
        let of_this = self.seen.iter_mut().rev().find(|seen| seen.component == component);
        if let Some(last) = of_this {
            let known = self.stores.iter().rposition(|store| store.serial == last.serial);
            if known.is_some_and(|known| known >= position) {
                return;
            }
            if last.when == when {
                last.serial = serial;
                return;
            }
        }
        self.seen.push(Seen { component, when, serial });
        if self.seen.len() > READS {
            // All know of it from now on, so that nothing is lost but choices.
            let oldest = self.seen.remove(0);
            if let Some(position) = self.position(oldest.serial) {
                self.stores.drain(..position);
            }
        }
    }
}
