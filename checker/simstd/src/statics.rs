//! A `static` outlives an execution; what one schedule left in it must not reach the next.
//!
//! Every cell that could be in a static remembers in which execution it was last used. One that comes
//! from an earlier execution goes back to the value that it was made with. For a `Mutex` or a `RwLock`
//! that value is kept as bytes, taken at its first use. A value that outlives an execution can only be
//! in a static, so it was made by a constant, and a constant's bytes may be copied: it owns nothing on
//! the heap. (The value left behind is forgotten, as it is when a process ends.)

use ::std::cell::{Cell, RefCell};
use ::std::collections::HashMap;
use ::std::mem::MaybeUninit;

/// In which execution a cell was last used; 0 for never.
#[derive(Debug, Default)]
pub(crate) struct Age(Cell<u32>);

/// What a cell has to do before it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// It has been used in this execution, or there is none.
    Known,
    /// It has never been used.
    First,
    /// It was last used in another execution.
    Stale,
}

impl Age {
    pub(crate) const fn new() -> Self {
        Self(Cell::new(0))
    }

    #[inline]
    pub(crate) fn check(&self) -> Use {
        let now = engine::epoch();
        let seen = self.0.get();
        if seen == now || now == 0 {
            return Use::Known;
        }
        self.0.set(now);
        if seen == 0 { Use::First } else { Use::Stale }
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
