//! An account of what the threads have done to atomics, kept where a run is explained, and why a stale read was possible.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::Ordering;

use super::choices::Choice;
use crate::task::{Loc, TaskId};

/// Longer accounts are not kept: the ways back through them would take too long.
const ENTRIES: usize = 20_000;

/// An operation on an atomic, by its thread, its order and its place.
#[derive(Debug, Clone, Copy)]
pub struct Access {
    /// The thread.
    pub task: TaskId,
    /// Its order.
    pub order: Ordering,
    /// Where it was called.
    pub at: Loc,
}

/// A load that read what a store had written, where that gave no happens-before.
#[derive(Debug, Clone, Copy)]
pub struct Link {
    /// The store.
    pub store: Access,
    /// The load.
    pub load: Access,
    /// Whether the store, or a fence before it, releases.
    pub releases: bool,
    /// Whether the load, or a fence after it, acquires.
    pub acquires: bool,
}

/// An operation that did not see the newest value.
#[derive(Debug, Clone)]
pub struct StaleRead {
    /// The choice that led to it.
    pub choice: Choice,
    /// The address of the atomic.
    pub object: usize,
    /// The load; or a store that counts as older than one that was there already.
    pub access: Access,
    /// Whether it is such a store.
    pub is_store: bool,
    /// The value that was read, or stored.
    pub value: String,
    /// The store that it was read from; `None` for the value that the atomic was made with.
    pub from: Option<Access>,
    /// The newer value
    pub missed: String,
    /// and the store that wrote it.
    pub missed_store: Access,
    /// The way from the missed store to the load, by what the threads had read of each other; `None` if there is none.
    pub links: Option<Vec<Link>>,
}

/// What an entry is about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Deed {
    Read {
        from: u64,
    },
    Store {
        serial: u64,
    },
    Modify {
        from: u64,
        serial: u64,
    },
    Fence,
    /// An access of data that is no atomic.
    Plain {
        serial: u64,
    },
    /// The thread met others at a lock, a channel or another thread's end.
    Meet {
        before: Option<usize>,
    },
}

#[derive(Debug)]
struct Entry {
    task: TaskId,
    order: Ordering,
    at: Loc,
    deed: Deed,
    /// The entry of the same thread before this one.
    earlier: Option<usize>,
}

/// What has been done.
#[derive(Debug, Default)]
pub(super) struct Account {
    entries: Vec<Entry>,
    /// The last entry of each thread; of one that has done nothing, what its spawner had done before.
    last: HashMap<TaskId, usize>,
    /// The last entry at each meeting place.
    meetings: HashMap<usize, usize>,
    /// The entry of each store, and of each access of data that is no atomic.
    stores: HashMap<u64, usize>,
}

pub(super) fn releases(order: Ordering) -> bool {
    matches!(order, Ordering::Release | Ordering::AcqRel | Ordering::SeqCst)
}

pub(super) fn acquires(order: Ordering) -> bool {
    matches!(order, Ordering::Acquire | Ordering::AcqRel | Ordering::SeqCst)
}

impl Account {
    pub(super) fn add(&mut self, access: Access, deed: Deed) {
        let Access { task, order, at } = access;
        if self.entries.len() == ENTRIES {
            return;
        }
        let place = self.entries.len();
        if let Deed::Store { serial } | Deed::Modify { serial, .. } | Deed::Plain { serial } = deed {
            self.stores.insert(serial, place);
        }
        let earlier = self.last.insert(task, place);
        self.entries.push(Entry { task, order, at, deed, earlier });
    }

    pub(super) fn meet(&mut self, access: Access, object: usize) {
        let before = self.meetings.insert(object, self.entries.len());
        self.add(access, Deed::Meet { before });
    }

    pub(super) fn spawned(&mut self, parent: TaskId, child: TaskId) {
        if let Some(last) = self.last.get(&parent).copied() {
            self.last.insert(child, last);
        }
    }

    /// The way from a store, or an access of other data, to what `task` does next, with the fewest [links](Link).
    pub(super) fn way(&self, store: u64, task: TaskId) -> Option<Vec<Link>> {
        let (goal, start) = (*self.stores.get(&store)?, *self.last.get(&task)?);
        let goal_task = self.entries[goal].task;
        let mut from: HashMap<usize, (usize, Option<Link>)> = HashMap::new();
        let mut done = vec![false; self.entries.len()];
        let mut queue = VecDeque::from([(start, usize::MAX, None)]);
        while let Some((place, by, link)) = queue.pop_front() {
            // What the thread of the store did before it is of no use.
            if done[place] || (self.entries[place].task == goal_task && place < goal) {
                continue;
            }
            done[place] = true;
            from.insert(place, (by, link));
            if place == goal {
                return Some(self.links(place, &from));
            }
            for (before, link) in self.before(place, task) {
                match link {
                    None => queue.push_front((before, place, None)),
                    Some(_) => queue.push_back((before, place, link)),
                }
            }
        }
        None
    }

    fn links(&self, goal: usize, from: &HashMap<usize, (usize, Option<Link>)>) -> Vec<Link> {
        let mut links = Vec::new();
        let mut at = goal;
        while let Some((by, link)) = from.get(&at) {
            links.extend(*link);
            at = *by;
        }
        links
    }

    /// What came before an entry, and by which link, if it is one that gives no happens-before.
    fn before(&self, place: usize, until: TaskId) -> Vec<(usize, Option<Link>)> {
        let entry = &self.entries[place];
        let mut before: Vec<_> = entry.earlier.map(|earlier| (earlier, None)).into_iter().collect();
        match entry.deed {
            Deed::Meet { before: Some(other) } => before.push((other, None)),
            Deed::Read { from: serial } | Deed::Modify { from: serial, .. } => {
                let acquires = acquires(entry.order) || self.has_fence_after(place, until);
                let mut serial = serial;
                // A read-modify-write goes on with the release sequence of the store that it read.
                while let Some(store) = self.stores.get(&serial).copied() {
                    let releases =
                        releases(self.entries[store].order) || self.has_release_fence_before(store);
                    let link =
                        Link { store: self.access(store), load: self.access(place), releases, acquires };
                    before.push((store, (!(releases && acquires)).then_some(link)));
                    match self.entries[store].deed {
                        Deed::Modify { from, .. } => serial = from,
                        _ => break,
                    }
                }
            }
            _ => {}
        }
        before
    }

    fn access(&self, place: usize) -> Access {
        let Entry { task, order, at, .. } = self.entries[place];
        Access { task, order, at }
    }

    fn has_release_fence_before(&self, place: usize) -> bool {
        let mut earlier = self.entries[place].earlier;
        while let Some(at) = earlier {
            let entry = &self.entries[at];
            if matches!(entry.deed, Deed::Fence) && releases(entry.order) {
                return entry.task == self.entries[place].task;
            }
            earlier = entry.earlier;
        }
        false
    }

    fn has_fence_after(&self, place: usize, task: TaskId) -> bool {
        let is_fence =
            |entry: &Entry| entry.task == task && matches!(entry.deed, Deed::Fence) && acquires(entry.order);
        self.entries[place].task == task && self.entries[place + 1..].iter().any(is_fence)
    }
}
