//! Operations on atomics, where orders mean what they say.
//!
//! The atomic itself holds the value that is the newest in modification order, so whoever has it alone finds it there.
//! Whoever shares it asks here which value an operation gets, after its scheduling point. Values are bits.

use std::sync::atomic::Ordering;

use crate::execution::with;
use crate::library;
use crate::memory::{Atomic, Does, Exchange, Modified};
use crate::task::Loc;

/// The number of the atomic at `address`, which has had the number `id` and holds a value.
pub fn memory_settle(address: usize, id: u64, value: u64) -> u64 {
    with(|ex| ex.memory.as_mut().map_or(id, |memory| memory.settle(address, id, value))).unwrap_or(id)
}

/// The value that a load reads from an atomic that holds `cell`.
pub fn memory_load(atomic: Atomic, order: Ordering, cell: u64) -> u64 {
    let atomic = known(atomic);
    with(|ex| ex.ask(order, |memory, task, every| memory.load(task, atomic, order, cell, every)))
        .flatten()
        .unwrap_or(cell)
}

/// Whether a value that is stored into an atomic that holds `cell` is the newest. Otherwise it counts as an older one, and
/// the atomic goes on to hold what it does.
pub fn memory_store(atomic: Atomic, order: Ordering, cell: u64, value: u64) -> bool {
    let atomic = known(atomic);
    with(|ex| ex.ask(order, |memory, task, every| memory.store(task, atomic, order, cell, value, every)))
        .flatten()
        .unwrap_or(true)
}

/// A read-modify-write of an atomic that holds `cell`, which `change` makes another value of.
pub fn memory_modify(
    atomic: Atomic,
    order: Ordering,
    cell: u64,
    change: &mut dyn FnMut(u64) -> u64,
) -> Modified {
    let atomic = known(atomic);
    with(|ex| ex.ask(order, |memory, task, every| memory.modify(task, atomic, order, cell, change, every)))
        .flatten()
        .expect("an execution with a memory was said to be there")
}

/// An exchange under a condition, of an atomic that holds `cell`.
pub fn memory_exchange(atomic: Atomic, exchange: Exchange, cell: u64) -> Modified {
    let atomic = known(atomic);
    let strongest = match exchange {
        Exchange { success: Ordering::SeqCst, .. } => Ordering::SeqCst,
        Exchange { failure, .. } => failure,
    };
    with(|ex| ex.ask(strongest, |memory, task, every| memory.exchange(task, atomic, exchange, cell, every)))
        .flatten()
        .expect("an execution with a memory was said to be there")
}

/// An operation on an atomic that is always read as it is: a library's.
pub fn memory_other(address: usize, order: Ordering, does: Does) {
    with(|ex| ex.ask(order, |memory, task, _| memory.other(task, address, order, does)));
}

/// A fence, after its scheduling point.
pub fn memory_fence(order: Ordering, at: Loc) {
    with(|ex| ex.fence(order, at));
}

/// The running task accesses the data with this number, which is no atomic, after its [point](crate::plain_point). Says whether
/// it is known that nothing orders that after an earlier access: then the two are a data race. Where orders don't mean what
/// they say, nothing is known.
pub fn plain_access(data: u64, is_write: bool, at: Loc) -> bool {
    with(|ex| ex.accesses(data, is_write, at)) == Some(true)
}

fn known(atomic: Atomic) -> Atomic {
    Atomic { varies: atomic.varies && library::is_of_the_program(atomic.at), ..atomic }
}
