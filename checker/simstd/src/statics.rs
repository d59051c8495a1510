//! A `static` outlives an execution; what one schedule left in it must not reach the next.
//!
//! Every cell that could be in a static remembers in which execution it was last used. The first use of one in an
//! execution makes its static, the whole of it, what it was when the process first used it: a lock of one's own, whose
//! flag is an atomic and whose value is not, is not left half of the one and half of the other. Where each static lies, the
//! program's symbols say. (What is left behind is forgotten, as it is when a process ends.)
//!
//! Where there are no symbols, each cell goes back by itself to the value that it was made with. For a `Mutex` or a `RwLock`
//! that value is kept as bytes, taken at its first use: a static was made by a constant, and a constant's bytes may be
//! copied, since it owns nothing on the heap.
//!
//! A cell on the heap that was used in an earlier execution was kept by something that can't be made afresh, such as a static
//! queue of crossbeam's. To give it back its first bytes would be to hand out what they once pointed to. So the
//! execution ends, with a finding.

mod image;

use ::std::cell::{Cell, RefCell};
use ::std::collections::HashMap;
use ::std::mem::MaybeUninit;
use ::std::ops::Range;
use ::std::panic::Location;
use ::std::sync::{Mutex, PoisonError};

use self::image::Place;

/// In which execution a cell was last used; 0 for never.
#[derive(Debug, Default)]
pub(crate) struct Age(Cell<u32>);

/// What a cell has to do before it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// Nothing.
    Known,
    /// It has never been used, and what it holds must be remembered.
    First,
    /// It was last used in another execution.
    Stale,
}

impl Age {
    pub(crate) const fn new() -> Self {
        Self(Cell::new(0))
    }

    #[inline]
    #[track_caller]
    pub(crate) fn check(&self) -> Use {
        let now = engine::epoch();
        let seen = self.0.get();
        if seen == now || now == 0 {
            return Use::Known;
        }
        self.check_place(seen, now, Location::caller())
    }

    /// For what is neither in a static nor on the heap, but belongs to an OS thread.
    pub(crate) fn is_of_another_execution(&self) -> bool {
        let now = engine::epoch();
        now != 0 && self.0.replace(now) != now
    }

    #[cold]
    fn check_place(&self, seen: u32, now: u32, at: engine::Loc) -> Use {
        let what = match (image::place((&raw const self.0).addr()), seen) {
            (Place::Static(range), _) => {
                make_afresh(range, now);
                Use::Known
            }
            (Place::Unknown, 0) => Use::First,
            (Place::Unknown, _) => Use::Stale,
            (Place::Elsewhere, 0) => Use::Known,
            (Place::Elsewhere, _) => crate::forbidden(KEPT, at),
        };
        self.0.set(now);
        what
    }
}

/// What is said of a program that does so.
const KEPT: &str = "uses what a `static` of a library has kept from another schedule";

/// A static, as it was at first.
struct Kept {
    bytes: Bytes,
    /// The execution for which it was made afresh last.
    epoch: u32,
}

/// By the addresses at which they begin.
static STATICS: Mutex<Option<HashMap<usize, Kept>>> = Mutex::new(None);

/// Makes the static what it was at first, once in an execution.
fn make_afresh(range: Range<usize>, now: u32) {
    let mut statics = STATICS.lock().unwrap_or_else(PoisonError::into_inner);
    let place = range.start as *mut MaybeUninit<u8>;
    let kept = statics.get_or_insert_default().entry(range.start).or_insert_with(|| {
        // SAFETY: a static lies there; bytes that are not initialised stay so.
        let bytes = unsafe { ::std::slice::from_raw_parts(place, range.len()) };
        Kept { bytes: bytes.into(), epoch: now }
    });
    if kept.epoch != now {
        kept.epoch = now;
        // SAFETY: nothing in this execution has used it, or `epoch` would say so; who used it earlier does not go on.
        unsafe { ::std::ptr::copy_nonoverlapping(kept.bytes.as_ptr(), place, range.len()) }
    }
}

type Bytes = Box<[MaybeUninit<u8>]>;

thread_local! {
    static MADE_WITH: RefCell<HashMap<usize, Bytes>> = RefCell::new(HashMap::new());
}

/// Remembers the bytes of a value that is used for the first time.
///
/// # Safety
/// `value` must point to `size` bytes.
pub(crate) unsafe fn remember(value: *const u8, size: usize) {
    if size == 0 {
        return;
    }
    // SAFETY: the caller's; bytes that are not initialised stay so.
    let bytes: Bytes = unsafe { ::std::slice::from_raw_parts(value.cast::<MaybeUninit<u8>>(), size) }.into();
    MADE_WITH.with_borrow_mut(|map| map.insert(value as usize, bytes));
}

/// Gives a value that another execution left the bytes that it was made with.
///
/// # Safety
/// `value` must point to `size` bytes that were remembered, and nothing may borrow them.
pub(crate) unsafe fn restore(value: *mut u8, size: usize) {
    MADE_WITH.with_borrow(|map| {
        if let Some(bytes) = map.get(&(value as usize)).filter(|b| b.len() == size) {
            // SAFETY: the caller's.
            unsafe { ::std::ptr::copy_nonoverlapping(bytes.as_ptr(), value.cast::<MaybeUninit<u8>>(), size) }
        }
    });
}
