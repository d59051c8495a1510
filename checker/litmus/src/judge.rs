//! Whether an execution is allowed: the wording of C++20's [atomics.order] (since P0668), with the release sequences of P0982,
//! and no values out of thin air.

use std::sync::atomic::Ordering::{AcqRel, Acquire, Release, SeqCst};

use crate::execution::{Event, Execution, set};
use crate::relation::{Relation, Set};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) is_allowed: bool,
    /// Some interleaving gives it.
    pub(crate) is_interleaving: bool,
}

pub(crate) fn judge(execution: &Execution<'_>) -> Verdict {
    let Execution { events, reads_from, .. } = execution;
    let (sequenced, modification): (&Relation, &Relation) = (execution.sequenced, execution.modification);
    // A load comes before the stores that are newer than what it reads.
    let reads_before = reads_from.inverse().then(modification).between_two();
    let communication = reads_from.clone().or(modification).or(&reads_before);
    let extended = communication.clone().closure();
    if !extended.is_irreflexive() {
        return Verdict { is_allowed: false, is_interleaving: false };
    }
    let sets = Sets::of(events);
    let synchronises = synchronises(execution, &sets);
    let happens_before = sequenced.clone().or(&synchronises).closure();
    let is_coherent = happens_before.is_irreflexive() && happens_before.then(&extended).is_irreflexive();
    let from_thin_air = !sequenced.clone().or(reads_from).is_acyclic();
    Verdict {
        is_allowed: is_coherent
            && !from_thin_air
            && has_one_order(execution, &sets, &synchronises, &happens_before, &extended),
        is_interleaving: sequenced.clone().or(&communication).is_acyclic(),
    }
}

/// The events by what they are.
struct Sets {
    fences: Set,
    updates: Set,
    reads: Set,
    releases: Set,
    acquires: Set,
    seq_cst: Set,
}

impl Sets {
    fn of(events: &[Event]) -> Self {
        let has = |event: &Event, orders: &[_]| event.order.is_some_and(|order| orders.contains(&order));
        Self {
            fences: set(events, Event::is_fence),
            updates: set(events, Event::is_update),
            reads: set(events, |event| event.read.is_some()),
            releases: set(events, |event| has(event, &[Release, AcqRel, SeqCst])),
            acquires: set(events, |event| has(event, &[Acquire, AcqRel, SeqCst])),
            seq_cst: set(events, |event| has(event, &[SeqCst])),
        }
    }
}

/// From releases, by the store itself or a fence before it, through updates that follow it, to acquires, by the load itself
/// or a fence after it.
fn synchronises(execution: &Execution<'_>, sets: &Sets) -> Relation {
    let Execution { events, sequenced, reads_from, .. } = execution;
    let writes = set(events, |event| event.written.is_some());
    let heads = Relation::identity(events.len(), writes);
    let release_sequence = heads.then(&reads_from.clone().to(sets.updates).closure().optional()).from(writes);
    let by_store = release_sequence.clone().from(sets.releases & !sets.fences);
    let by_fence = sequenced.then(&release_sequence).from(sets.releases & sets.fences);
    let read = by_store.or(&by_fence).then(reads_from).to(sets.reads);
    let to_load = read.clone().to(sets.acquires & !sets.fences);
    to_load.or(&read.then(sequenced).to(sets.acquires & sets.fences))
}

/// Whether there is one order of all SeqCst operations that agrees with what each of them saw.
fn has_one_order(
    execution: &Execution<'_>,
    sets: &Sets,
    synchronises: &Relation,
    happens_before: &Relation,
    extended: &Relation,
) -> bool {
    let (sequenced, count) = (execution.sequenced, execution.events.len());
    let fences = sets.seq_cst & sets.fences;
    let strongly = sequenced
        .clone()
        .or(&synchronises.clone().from(sets.seq_cst).to(sets.seq_cst))
        .or(&sequenced.then(&happens_before.then(sequenced)))
        .closure();
    let itself = Relation::identity(count, sets.seq_cst);
    let left = itself.clone().or(&happens_before.clone().from(fences));
    let right = itself.or(&happens_before.clone().to(fences));
    let seen = left.then(&extended.then(&right));
    seen.or(&strongly.from(sets.seq_cst).to(sets.seq_cst)).is_acyclic()
}
