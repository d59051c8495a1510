//! The order of all SeqCst operations, and the stores that have no place in it yet.

use super::Memory;
use super::component;
use super::location::LateStore;
use super::vector_clock::SEQ_CST;
use crate::task::TaskId;

/// So many SeqCst stores of a thread can be without a place.
const MOST: usize = 8;

impl Memory {
    /// A SeqCst store gets its place later.
    pub(super) fn is_late(&mut self, task: TaskId, store: LateStore) {
        let late = &mut self.thread(task).late;
        late.push_back(store);
        if late.len() > MOST {
            self.place_oldest(task);
        }
    }

    /// All late stores get their places.
    pub(super) fn place_all(&mut self) {
        for task in 0..self.threads.len() as TaskId {
            while !self.threads[task as usize].late.is_empty() {
                self.place_oldest(task);
            }
        }
    }

    pub(super) fn next_seq_cst(&mut self) -> u32 {
        self.seq_cst += 1;
        self.seq_cst
    }

    /// The oldest late store of a thread gets its place in the order of SeqCst operations.
    fn place_oldest(&mut self, task: TaskId) {
        if let Some(LateStore { address, serial, .. }) = self.thread(task).late.pop_front() {
            let place = self.next_seq_cst();
            if let Some(location) = self.locations.get_mut(&address) {
                location.note(SEQ_CST, place, serial);
            }
        }
    }

    /// Late stores get their places that come before a SeqCst operation of `task`: those after which something has
    /// happened that it knows, and, unless it is a store itself, its own.
    pub(super) fn place_known(&mut self, task: TaskId, own: bool) {
        for other in 0..self.threads.len() as TaskId {
            let is_known =
                |late: &LateStore| self.threads[task as usize].clock.get(component(other)) > late.when;
            let late = &self.threads[other as usize].late;
            let places = match other == task {
                true if own => late.len(),
                true => 0,
                false => late.iter().rposition(is_known).map_or(0, |last| last + 1),
            };
            (0..places).for_each(|_| self.place_oldest(other));
        }
    }

    /// Late stores to the atomic get their places, up to a position in its modification order, but for those of one thread.
    pub(super) fn place_late_at(&mut self, address: usize, but: Option<TaskId>, position: usize) {
        for other in 0..self.threads.len() as TaskId {
            if but == Some(other) {
                continue;
            }
            let is_there = |late: &LateStore| {
                let here = || self.locations[&address].position(late.serial);
                late.address == address && here().is_none_or(|here| here <= position)
            };
            let late = &self.threads[other as usize].late;
            let places = late.iter().rposition(is_there).map_or(0, |last| last + 1);
            (0..places).for_each(|_| self.place_oldest(other));
        }
    }
}
