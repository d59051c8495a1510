//! What an execution tells its memory, where orders mean what they say: nothing, where all is sequentially consistent.

use std::sync::atomic::Ordering;

use super::Exec;
use crate::counts;
use crate::footprint::{Access, SEQ_CST, is_a_meeting};
use crate::memory::{Does, Memory, PlainAccess};
use crate::task::{Loc, Point, TaskId};
use crate::trace::Trace;

impl Exec {
    /// The running task meets all who come to `address`: at a lock, a channel, another one's end.
    #[inline]
    pub(crate) fn meet(&mut self, address: usize) {
        if self.memory.is_some() {
            self.meet_there(address);
        }
    }

    #[cold]
    fn meet_there(&mut self, address: usize) {
        let (task, at) = (self.current, self.running().last.1);
        if let Some(memory) = self.memory.as_mut().filter(|_| is_a_meeting(address)) {
            memory.meet(task, address, at);
        }
    }

    /// The running task goes on from a scheduling point. Atomics and counts tell of themselves.
    #[cold]
    pub(crate) fn has_passed(&mut self, point: Point) {
        if point.yields {
            let task = self.current;
            self.memory.as_mut().into_iter().for_each(|memory| memory.yields(task));
        }
        if point.orders.is_none() && !point.is_plain {
            self.meet_there(point.object);
        }
    }

    /// Everything else has come to rest: the running task knows all that has happened, and the others have had time.
    pub(crate) fn knows_all(&mut self) {
        let task = self.current;
        if let Some(memory) = &mut self.memory {
            memory.know_all(task);
            memory.time_passes();
        }
    }

    /// Asks the memory about an operation of the running task, with what chooses for an enumeration.
    pub(crate) fn ask<R>(
        &mut self,
        order: Ordering,
        f: impl FnOnce(&mut Memory, TaskId, &mut dyn FnMut(usize) -> usize) -> R,
    ) -> Option<R> {
        if self.memory.is_some() && order == Ordering::SeqCst {
            self.tell(SEQ_CST, Access::Add);
        }
        let Self { memory, strategy, trace, current, .. } = self;
        let memory = memory.as_mut()?;
        let known = memory.stale.len();
        let answer = f(memory, *current, &mut |n| strategy.choose(n));
        if let Some(trace) = trace.as_mut().filter(|_| memory.stale.len() > known) {
            trace.is_stale(*current, known);
        }
        Some(answer)
    }

    pub(crate) fn fence(&mut self, order: Ordering, at: Loc) {
        if self.memory.is_some() && order == Ordering::SeqCst {
            self.tell(SEQ_CST, Access::Change);
        }
        let task = self.current;
        if let Some(memory) = &mut self.memory {
            memory.fence(task, order, at);
        }
    }

    /// The running task accesses the data with this number, which is no atomic. Says whether nothing orders that after an
    /// earlier access: then it is a data race.
    pub(crate) fn accesses(&mut self, data: u64, is_write: bool, at: Loc) -> bool {
        let event = self.trace.as_ref().map_or(0, Trace::last_place);
        let access = PlainAccess { task: self.current, is_write, at, event };
        let Some(memory) = &mut self.memory else { return false };
        let Some(race) = memory.access(data, access) else { return false };
        if let Some(trace) = &mut self.trace {
            trace.races([race.earlier.event, race.later.event]);
        }
        memory.data_race = Some(race);
        true
    }

    /// The running task executes an instruction on a count of an `Arc`.
    pub(crate) fn counts(&mut self, op: &str, address: usize, order: Ordering) {
        let does = if op == counts::READ { Does::Load } else { Does::Modify };
        self.ask(order, |memory, task, _| memory.other(task, address, order, does));
    }
}
