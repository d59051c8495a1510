//! Loads, stores and read-modify-writes of atomics.

use std::rc::Rc;
use std::sync::atomic::Ordering;

use super::account::{Access, Deed, acquires, releases};
use super::location::{LateStore, Store};
use super::vector_clock::SEQ_CST;
use super::{Atomic, Every, Exchange, Memory, Modified, component, joined};
use crate::task::TaskId;

impl Memory {
    /// A load. `cell` is what the atomic holds.
    pub(crate) fn load(
        &mut self,
        task: TaskId,
        atomic: Atomic,
        order: Ordering,
        cell: u64,
        every: Every<'_>,
    ) -> u64 {
        let address = atomic.address;
        let order = self.strengthened(order, atomic.at);
        self.catch_up(address, cell);
        if order == Ordering::SeqCst {
            self.place_known(task, true);
        }
        let floor = self.floor(task, address, order == Ordering::SeqCst);
        let end = self.locations[&address].stores.len() - 1;
        let rank = self.choose(if self.may_miss(task, atomic) { end - floor + 1 } else { 1 }, every);
        self.read(task, atomic, order, end - rank)
    }

    /// The exchange of a value under a condition. If it holds for an older value, and nothing has been made of that yet, the
    /// new value may come right after it.
    pub(crate) fn exchange(
        &mut self,
        task: TaskId,
        atomic: Atomic,
        exchange: Exchange,
        cell: u64,
        every: Every<'_>,
    ) -> Modified {
        let address = atomic.address;
        let Exchange { expected, new, .. } = exchange;
        let [success, failure] =
            [exchange.success, exchange.failure].map(|order| self.strengthened(order, atomic.at));
        self.catch_up(address, cell);
        if [success, failure].contains(&Ordering::SeqCst) {
            self.place_known(task, true);
        }
        if success == Ordering::SeqCst {
            self.place_late_at(address, None, usize::MAX);
        }
        let floor_of = |order| self.floor(task, address, order == Ordering::SeqCst);
        let (to_succeed, to_fail) = (floor_of(success), floor_of(failure));
        let stores = &self.locations[&address].stores;
        let newest = stores.len() - 1;
        let can_be_read = |at: &usize| match stores[*at].value == expected {
            true => *at >= to_succeed && !stores[*at + 1].is_rmw,
            false => *at >= to_fail,
        };
        let older: Vec<usize> = (0..newest).rev().filter(can_be_read).collect();
        let rank = self.choose(if self.may_miss(task, atomic) { older.len() + 1 } else { 1 }, every);
        let position = if rank == 0 { newest } else { older[rank - 1] };
        if self.locations[&address].stores[position].value == expected {
            return self.change(task, atomic, success, position, &mut |_| new);
        }
        Modified { before: self.read(task, atomic, failure, position), cell: None, done: false }
    }

    /// Reads the store at a position.
    fn read(&mut self, task: TaskId, atomic: Atomic, order: Ordering, position: usize) -> u64 {
        let address = atomic.address;
        let store = self.locations[&address].stores[position].clone();
        let access = Access { task, order, at: atomic.at };
        let is_newest = position + 1 == self.locations[&address].stores.len();
        if !is_newest {
            self.explain(access, atomic, position, false);
        }
        let row = self.thread(task).rows.entry(address).or_default();
        *row = if is_newest { 0 } else { *row + 1 };
        if order == Ordering::SeqCst {
            self.place_late_at(address, None, position);
        }
        if let Some(sync) = &store.sync {
            let thread = self.thread(task);
            if acquires(order) { thread.clock.join(sync) } else { thread.pending.join(sync) }
        }
        let known = self.thread(task).clock.get(store.component) >= store.when;
        let when = self.thread(task).clock.get(component(task));
        let place = (order == Ordering::SeqCst).then(|| self.next_seq_cst());
        let location = self.locations.get_mut(&address).expect("it is being read");
        if !known {
            location.note(component(task), when, store.serial);
        }
        if let Some(place) = place {
            location.note(SEQ_CST, place, store.serial);
        }
        if let Some(account) = &mut self.account {
            account.add(access, Deed::Read { from: store.serial });
        }
        store.value
    }

    /// A store. Says whether the value is the newest in modification order, which the atomic is to hold.
    pub(crate) fn store(
        &mut self,
        task: TaskId,
        atomic: Atomic,
        order: Ordering,
        cell: u64,
        value: u64,
        every: Every<'_>,
    ) -> bool {
        let address = atomic.address;
        let order = self.strengthened(order, atomic.at);
        let is_seq_cst = order == Ordering::SeqCst;
        self.catch_up(address, cell);
        if is_seq_cst {
            self.place_known(task, false);
            self.place_late_at(address, Some(task), usize::MAX);
        }
        let floor = self.floor(task, address, is_seq_cst);
        let places = self.locations[&address].places(floor);
        let rank = self.choose(if atomic.varies { places.len() } else { 1 }, every);
        let position = places[rank];
        let access = Access { task, order, at: atomic.at };
        self.serials += 1;
        let serial = self.serials;
        let thread = &mut self.threads[task as usize];
        let when = thread.clock.get(component(task));
        let sync = match releases(order) {
            true => Some(Rc::new(thread.clock.clone())),
            false => thread.released.clone(),
        };
        let by = Some((task, order, atomic.at));
        let store = Store { serial, value, component: component(task), when, sync, is_rmw: false, by };
        let location = self.locations.get_mut(&address).expect("it is there");
        let is_newest = position == location.stores.len();
        location.insert(position, store);
        if releases(order) {
            self.thread(task).clock.tick(component(task));
        }
        if let Some(account) = &mut self.account {
            account.add(access, Deed::Store { serial });
        }
        if !is_newest && let Some(position) = self.locations[&address].position(serial) {
            self.explain(access, atomic, position, true);
        }
        if is_seq_cst {
            self.is_late(task, LateStore { address, serial, when });
        }
        is_newest
    }

    /// A read-modify-write. It reads the newest value, or an older one of which nothing has been made yet: then the new one
    /// comes right after that.
    pub(crate) fn modify(
        &mut self,
        task: TaskId,
        atomic: Atomic,
        order: Ordering,
        cell: u64,
        change: &mut dyn FnMut(u64) -> u64,
        every: Every<'_>,
    ) -> Modified {
        let address = atomic.address;
        let order = self.strengthened(order, atomic.at);
        self.catch_up(address, cell);
        if order == Ordering::SeqCst {
            self.place_known(task, true);
            self.place_late_at(address, None, usize::MAX);
        }
        let floor = self.floor(task, address, order == Ordering::SeqCst);
        let places = self.locations[&address].places(floor);
        let rank = self.choose(if self.may_miss(task, atomic) { places.len() } else { 1 }, every);
        self.change(task, atomic, order, places[rank] - 1, change)
    }

    /// Reads the store at a position, and puts a new one right after it.
    fn change(
        &mut self,
        task: TaskId,
        atomic: Atomic,
        order: Ordering,
        position: usize,
        change: &mut dyn FnMut(u64) -> u64,
    ) -> Modified {
        let address = atomic.address;
        let stores = &self.locations[&address].stores;
        let (from, read, old) =
            (stores[position].serial, stores[position].sync.clone(), stores[position].value);
        let is_newest = position + 1 == stores.len();
        let access = Access { task, order, at: atomic.at };
        if !is_newest {
            self.explain(access, atomic, position, false);
        }
        let value = change(old);
        self.serials += 1;
        let serial = self.serials;
        let thread = &mut self.threads[task as usize];
        let row = thread.rows.entry(address).or_default();
        *row = if is_newest { 0 } else { *row + 1 };
        if let Some(read) = &read {
            if acquires(order) { thread.clock.join(read) } else { thread.pending.join(read) }
        }
        let own = match releases(order) {
            true => Some(Rc::new(thread.clock.clone())),
            false => thread.released.clone(),
        };
        let sync = joined(own, read);
        let when = thread.clock.get(component(task));
        let by = Some((task, order, atomic.at));
        let store = Store { serial, value, component: component(task), when, sync, is_rmw: true, by };
        let place = (order == Ordering::SeqCst).then(|| self.next_seq_cst());
        let location = self.locations.get_mut(&address).expect("it is there");
        location.insert(position + 1, store);
        if let Some(place) = place {
            location.note(SEQ_CST, place, serial);
        }
        if releases(order) {
            self.thread(task).clock.tick(component(task));
        }
        if let Some(account) = &mut self.account {
            account.add(access, Deed::Modify { from, serial });
        }
        Modified { before: old, cell: is_newest.then_some(value), done: true }
    }
}
