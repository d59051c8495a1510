//! The one expectation that is changed in a decoy. Whatever a program has done to what compares or reports is done to
//! the decoy as well, so it passes, and must not.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use protocol::Decoy;

/// There is nothing to change.
const NONE: u64 = u64::MAX;

/// How many schedules go before the first in which an expectation may be changed.
static SCHEDULES: AtomicU64 = AtomicU64::new(NONE);
/// How many expectations of the next such schedule are left as they are.
static LEFT: AtomicU64 = AtomicU64::new(0);
/// How many of such schedules may come to their end before that is what is changed.
static ENDS: AtomicU64 = AtomicU64::new(0);
/// How many expectations of this schedule are left as they are.
static EXPECTATIONS: AtomicU64 = AtomicU64::new(NONE);

/// The schedules that come are those of a decoy; `None` ends that.
pub(crate) fn set(decoy: Option<Decoy>) {
    SCHEDULES.store(decoy.map_or(NONE, |decoy| decoy.schedules), Relaxed);
    LEFT.store(decoy.map_or(0, |decoy| decoy.expectations), Relaxed);
    ENDS.store(Decoy::ENDS, Relaxed);
    EXPECTATIONS.store(NONE, Relaxed);
}

/// Runs one case, in which an expectation may be the changed one. Says whether it must fail now, at its end: the changed
/// expectation is that it does not come to it.
#[must_use]
pub(crate) fn case(body: impl FnOnce()) -> bool {
    match SCHEDULES.load(Relaxed) {
        NONE => {}
        0 => EXPECTATIONS.store(LEFT.swap(0, Relaxed), Relaxed),
        more => SCHEDULES.store(more - 1, Relaxed),
    }
    body();
    // It had fewer expectations, or none: the next one may have more. In the end there may be none but this.
    if EXPECTATIONS.swap(NONE, Relaxed) == NONE {
        return false;
    }
    let ends = ENDS.load(Relaxed);
    ENDS.store(ends.saturating_sub(1), Relaxed);
    ends == 0
}

/// Whether the expectation that is about to be looked at is the changed one.
pub(crate) fn is_changed() -> bool {
    match EXPECTATIONS.load(Relaxed) {
        NONE => false,
        0 => {
            EXPECTATIONS.store(NONE, Relaxed);
            SCHEDULES.store(NONE, Relaxed);
            true
        }
        more => {
            EXPECTATIONS.store(more - 1, Relaxed);
            false
        }
    }
}

/// Another text of the same length, or one that is longer if there is nothing to change.
pub(crate) fn changed(text: &str) -> String {
    let mut other = text.to_owned();
    let last = other.pop().filter(|last| last.is_ascii());
    other.push(if last == Some('~') { '#' } else { '~' });
    black_box(other)
}
