//! Data that is no atomic: two accesses of it that nothing orders, one of them a write, are a data race, whatever was read.
//!
//! Known is the last write, and of each thread the last read since then, as in Flanagan and Freund, "FastTrack: Efficient and
//! Precise Dynamic Race Detection" (PLDI 2009). A SeqCst fence is taken to synchronise with those after it, which is more than
//! the model promises: a data race may hide behind one, and none is invented.

use std::sync::atomic::Ordering;

use super::account::{Access, Deed, Link};
use super::{Memory, component};
use crate::task::{Loc, TaskId};

/// An access of data that is no atomic.
#[derive(Debug, Clone, Copy)]
pub struct PlainAccess {
    /// The thread.
    pub task: TaskId,
    /// Whether it writes.
    pub is_write: bool,
    /// Where it was called.
    pub at: Loc,
    /// Its place among all that the trace has got to know of.
    pub(crate) event: u64,
}

/// Two accesses of the same data that nothing orders, one of them a write.
#[derive(Debug, Clone)]
pub struct DataRace {
    /// The one that was executed first
    pub earlier: PlainAccess,
    /// and the other one.
    pub later: PlainAccess,
    /// The way from the one to the other, by what the threads had read of each other; `None` if there is none.
    pub links: Option<Vec<Link>>,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    access: PlainAccess,
    /// Who knows this of its thread knows the access.
    when: u32,
    serial: u64,
}

/// What is known of the accesses of one piece of data.
#[derive(Debug, Default)]
pub(super) struct Plain {
    write: Option<Known>,
    /// The last read of each thread since that write.
    reads: Vec<Known>,
}

impl Memory {
    /// An access of the data with this number. Says which earlier one it races with, if there is one.
    pub(crate) fn access(&mut self, data: u64, access: PlainAccess) -> Option<DataRace> {
        let PlainAccess { task, is_write, at, .. } = access;
        let clock = &self.threads[task as usize].clock;
        let plain = self.plain.entry(data).or_default();
        let reads = plain.reads.iter().filter(|_| is_write);
        let is_unordered = |known: &&Known| clock.get(component(known.access.task)) < known.when;
        if let Some(earlier) = plain.write.iter().chain(reads).find(is_unordered) {
            let links = self.account.as_ref().and_then(|account| account.way(earlier.serial, task));
            return Some(DataRace { earlier: earlier.access, later: access, links });
        }
        self.serials += 1;
        let known = Known { access, when: clock.get(component(task)), serial: self.serials };
        if is_write {
            (plain.write, plain.reads) = (Some(known), Vec::new());
        } else {
            plain.reads.retain(|read| read.access.task != task);
            plain.reads.push(known);
        }
        if let Some(account) = &mut self.account {
            let access = Access { task, order: Ordering::Relaxed, at };
            account.add(access, Deed::Plain { serial: known.serial });
        }
        None
    }
}
