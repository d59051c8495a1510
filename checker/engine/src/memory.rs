//! The memory of an execution in which orders weaker than `SeqCst` mean what they say: a load may read an older store.
//!
//! The model is the wording of C++20 (which Rust's documentation refers to), with one addition: no value comes out of thin
//! air, nor from a store that is executed later. So a program that needs load buffering to fail is not seen to fail, and
//! nothing is seen that the model forbids.
//!
//! Each thread has a vector clock, each atomic its stores in modification order. What a thread knows bounds from below
//! what it can read. The order of all SeqCst operations is one more component of the clocks: a SeqCst access looks at an
//! atomic as if it knew all of that component, and a SeqCst fence gets to know it. Happens-before carries it along.
//! A SeqCst store gets its place in that order only when something asks for it (`seq_cst.rs`), as the wording allows.
//!
//! The idea of bounding reads by clocks is that of Lidbury and Donaldson, "Dynamic Race Detection for C++11" (POPL 2017).

mod accesses;
mod account;
mod choices;
mod location;
mod plain;
mod seq_cst;
mod vector_clock;

use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

pub use self::account::{Access, Link, StaleRead};
use self::account::{Account, Deed, acquires, releases};
use self::choices::Source;
pub use self::choices::{Choice, StaleReads};
use self::location::{LateStore, Location, Store, View};
use self::plain::Plain;
pub use self::plain::{DataRace, PlainAccess};
use self::vector_clock::{SEQ_CST, VectorClock};
use crate::task::{Loc, TaskId};

/// An execution with more threads than this goes on without stale reads.
const THREADS: usize = 64;
/// After so many stale reads of one atomic in a row, a thread reads the newest value: every loop must end.
const IN_A_ROW: u32 = 6;
/// Atomics that are used in one execution have numbers that no other has.
static IDS: AtomicU64 = AtomicU64::new(1);

/// An operation on an atomic of the program.
#[derive(Debug, Clone, Copy)]
pub struct Atomic {
    /// Its address.
    pub address: usize,
    /// Where the operation was called.
    pub at: Loc,
    /// A value of its type as text.
    pub show: fn(u64) -> String,
    /// Whether the operation may see anything but the newest value, or store anything else.
    pub varies: bool,
}

/// Orders that are taken to be stronger than the program says: to find out whether that helps.
#[derive(Debug, Clone, Copy)]
pub struct Stronger {
    /// The place of the operation; `None` for all.
    pub at: Option<Loc>,
    /// As if it had this order too.
    pub order: Ordering,
}

#[derive(Debug, Default)]
struct Thread {
    clock: VectorClock,
    /// What it knew at its last release fence.
    released: Option<Rc<VectorClock>>,
    /// What an acquire fence would make it know.
    pending: VectorClock,
    /// SeqCst stores that have no place in the order of SeqCst operations yet, oldest first: their atomics and serials.
    late: VecDeque<LateStore>,
    /// Stores with smaller serials are visible to it.
    horizon: u64,
    /// How many stale reads in a row there were of each atomic.
    rows: HashMap<usize, u32>,
}

/// The memory of an execution.
#[derive(Debug)]
pub(crate) struct Memory {
    threads: Vec<Thread>,
    locations: HashMap<usize, Location>,
    /// What acquirers of those atomics get to know that are always read as they are: those of libraries, and counts.
    others: HashMap<usize, Option<Rc<VectorClock>>>,
    /// The data that is no atomic, by its number.
    plain: HashMap<u64, Plain>,
    /// What is known to all who have met at a lock, a channel, or a thread's end.
    meetings: HashMap<usize, VectorClock>,
    /// What SeqCst fences have made known.
    fences: VectorClock,
    seq_cst: u32,
    serials: u64,
    horizon: u64,
    operations: u64,
    source: Source,
    stronger: Vec<Stronger>,
    /// What was chosen that was not the usual.
    pub(crate) chosen: Vec<Choice>,
    account: Option<Account>,
    pub(crate) stale: Vec<StaleRead>,
    /// Two accesses that nothing orders, once there were two.
    pub(crate) data_race: Option<DataRace>,
}

/// What came of a read-modify-write, or of an exchange with a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Modified {
    /// The value that was read.
    pub before: u64,
    /// What the atomic is to hold from now on; `None` for what it does.
    pub cell: Option<u64>,
    /// Whether the condition held.
    pub done: bool,
}

/// An exchange with a condition.
#[derive(Debug, Clone, Copy)]
pub struct Exchange {
    /// The value that is expected.
    pub expected: u64,
    /// The value that takes its place.
    pub new: u64,
    /// The order, if the condition holds.
    pub success: Ordering,
    /// The order, if it does not.
    pub failure: Ordering,
}

type Every<'a> = &'a mut dyn FnMut(usize) -> usize;

fn component(task: TaskId) -> usize {
    task as usize + 1
}

impl Memory {
    pub(crate) fn new(reads: &StaleReads, stronger: Vec<Stronger>, explains: bool) -> Self {
        Self {
            threads: Vec::new(),
            locations: HashMap::new(),
            others: HashMap::new(),
            plain: HashMap::new(),
            meetings: HashMap::new(),
            fences: VectorClock::default(),
            seq_cst: 0,
            serials: 0,
            horizon: 0,
            operations: 0,
            source: Source::of(reads),
            stronger,
            chosen: Vec::new(),
            account: explains.then(Account::default),
            stale: Vec::new(),
            data_race: None,
        }
    }

    fn thread(&mut self, task: TaskId) -> &mut Thread {
        &mut self.threads[task as usize]
    }

    /// A thread begins; what its spawner knows, it knows.
    pub(crate) fn begin(&mut self, parent: Option<TaskId>) {
        let task = self.threads.len() as TaskId;
        let mut thread = Thread::default();
        if let Some(parent) = parent {
            thread.clock = self.thread(parent).clock.clone();
            self.thread(parent).clock.tick(component(parent));
            if let Some(account) = &mut self.account {
                account.spawned(parent, task);
            }
        }
        thread.clock.tick(component(task));
        self.threads.push(thread);
    }

    /// A thread meets all that have been at `object` before, and those that will.
    pub(crate) fn meet(&mut self, task: TaskId, object: usize, at: Loc) {
        let thread = &mut self.threads[task as usize];
        let here = self.meetings.entry(object).or_default();
        thread.clock.join(here);
        here.clone_from(&thread.clock);
        thread.clock.tick(component(task));
        if let Some(account) = &mut self.account {
            account.meet(Access { task, order: Ordering::SeqCst, at }, object);
        }
    }

    /// A thread gets to know all that has happened.
    pub(crate) fn know_all(&mut self, task: TaskId) {
        let mut all = VectorClock::default();
        self.threads.iter().for_each(|thread| all.join(&thread.clock));
        self.thread(task).clock.join(&all);
    }

    /// What has been stored is visible to all from now on, since time has passed; that synchronises nothing.
    pub(crate) fn time_passes(&mut self) {
        self.horizon = self.serials;
    }

    /// What has been stored is visible to a thread from now on, which has let others go first; sometimes.
    pub(crate) fn yields(&mut self, task: TaskId) {
        if let Source::Drawn { rng, .. } = &mut self.source
            && rng.below(4) == 0
        {
            self.thread(task).horizon = self.serials;
        }
    }

    fn strengthened(&self, order: Ordering, at: Loc) -> Ordering {
        self.stronger.iter().fold(order, |order, stronger| match stronger.at {
            Some(place) if place != at => order,
            _ => both(order, stronger.order),
        })
    }

    /// The number of the atomic at `address`, which has been used as `id` before. Forgets what was at that address, if that
    /// was another one.
    pub(crate) fn settle(&mut self, address: usize, id: u64, value: u64) -> u64 {
        match self.locations.get(&address) {
            Some(location) if location.id == id => id,
            _ => {
                let id = IDS.fetch_add(1, Ordering::Relaxed);
                self.serials += 1;
                self.locations.insert(address, Location::new(id, value, self.serials));
                id
            }
        }
    }

    /// The atomic may have been changed by whoever had it alone: then nothing older can be read.
    fn catch_up(&mut self, address: usize, cell: u64) {
        let serials = &mut self.serials;
        let location = self.locations.entry(address).or_insert_with(|| {
            *serials += 1;
            Location::new(IDS.fetch_add(1, Ordering::Relaxed), cell, *serials)
        });
        if location.newest().value != cell {
            *serials += 1;
            *location = Location::new(location.id, cell, *serials);
        }
    }

    /// A number below `n`, of which 0 is the usual choice.
    fn choose(&mut self, n: usize, every: Every<'_>) -> usize {
        let n = if self.threads.len() > THREADS { 1 } else { n };
        let operation = self.operations;
        self.operations += 1;
        let rank = self.source.choose(operation, n, every);
        if rank > 0 {
            self.chosen.push(Choice { operation, rank: rank as u32 });
        }
        rank
    }

    /// Whether the thread may read anything but the newest value now.
    fn may_miss(&self, task: TaskId, atomic: Atomic) -> bool {
        let row = self.threads[task as usize].rows.get(&atomic.address);
        atomic.varies && row.is_none_or(|row| *row < IN_A_ROW)
    }

    fn floor(&self, task: TaskId, address: usize, is_seq_cst: bool) -> usize {
        let thread = &self.threads[task as usize];
        let view = View {
            clock: &thread.clock,
            fences: is_seq_cst.then_some(&self.fences),
            horizon: self.horizon.max(thread.horizon),
        };
        self.locations[&address].floor(&view)
    }

    pub(crate) fn fence(&mut self, task: TaskId, order: Ordering, at: Loc) {
        let order = self.strengthened(order, at);
        if order == Ordering::SeqCst {
            self.place_all();
        }
        let place = (order == Ordering::SeqCst).then(|| self.next_seq_cst());
        let thread = &mut self.threads[task as usize];
        if acquires(order) {
            let pending = std::mem::take(&mut thread.pending);
            thread.clock.join(&pending);
        }
        if let Some(place) = place {
            thread.clock.join(&self.fences);
            thread.clock.set(SEQ_CST, place);
            self.fences.join(&thread.clock);
        }
        if releases(order) {
            thread.released = Some(Rc::new(thread.clock.clone()));
            thread.clock.tick(component(task));
        }
        if let Some(account) = &mut self.account {
            account.add(Access { task, order, at }, Deed::Fence);
        }
    }

    /// An operation on an atomic that is always read as it is: what it makes known.
    pub(crate) fn other(&mut self, task: TaskId, address: usize, order: Ordering, does: Does) {
        if order == Ordering::SeqCst {
            self.place_known(task, true);
        }
        let thread = &mut self.threads[task as usize];
        let here = self.others.entry(address).or_default();
        if let Some(sync) = here.as_ref().filter(|_| does != Does::Store) {
            if acquires(order) { thread.clock.join(sync) } else { thread.pending.join(sync) }
        }
        if does == Does::Load {
            return;
        }
        let own = match releases(order) {
            true => Some(Rc::new(thread.clock.clone())),
            false => thread.released.clone(),
        };
        *here = if does == Does::Modify { joined(own, here.take()) } else { own };
        if releases(order) {
            thread.clock.tick(component(task));
        }
    }

    /// Says what was missed by a read of the store at a position, or by a store that was put there.
    fn explain(&mut self, access: Access, atomic: Atomic, position: usize, is_store: bool) {
        let Some(account) = &self.account else { return };
        let Some(choice) = self.chosen.last().copied() else { return };
        let stores = &self.locations[&atomic.address].stores;
        let by = |store: &Store| store.by.map(|(task, order, at)| Access { task, order, at });
        let ways = stores[position + 1..].iter().rev().filter_map(|store| {
            let way = if is_store { None } else { account.way(store.serial, access.task) };
            Some((way, by(store)?, store))
        });
        let nearest = ways.min_by_key(|(way, ..)| way.as_ref().map_or(usize::MAX, Vec::len));
        let Some((links, missed_store, missed)) = nearest else { return };
        self.stale.push(StaleRead {
            choice,
            object: atomic.address,
            access,
            is_store,
            value: (atomic.show)(stores[position].value),
            from: by(&stores[position]).filter(|_| !is_store),
            missed: (atomic.show)(missed.value),
            missed_store,
            links,
        });
    }
}

/// What an operation does to an atomic that is always read as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    /// It reads it.
    Load,
    /// It writes to it.
    Store,
    /// Both in one.
    Modify,
}

fn joined(one: Option<Rc<VectorClock>>, other: Option<Rc<VectorClock>>) -> Option<Rc<VectorClock>> {
    match (one, other) {
        (Some(one), Some(other)) if one.covers(&other) => Some(one),
        (Some(one), Some(other)) => {
            let mut both = VectorClock::clone(&one);
            both.join(&other);
            Some(Rc::new(both))
        }
        (one, other) => one.or(other),
    }
}

/// An order that is as strong as each of the two.
fn both(one: Ordering, other: Ordering) -> Ordering {
    match (acquires(one) || acquires(other), releases(one) || releases(other)) {
        _ if one == Ordering::SeqCst || other == Ordering::SeqCst => Ordering::SeqCst,
        (true, true) => Ordering::AcqRel,
        (true, false) => Ordering::Acquire,
        (false, true) => Ordering::Release,
        (false, false) => Ordering::Relaxed,
    }
}
