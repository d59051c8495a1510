//! Atomics: every operation is a scheduling point. What an order promises, the engine's memory knows; where it is left out,
//! every operation is sequentially consistent.
//!
//! They remember the value that they were made with, so that one in a `static` starts afresh in every execution. So they
//! are not laid out as the real ones. crossbeam casts its cells to atomics, and gets others: those of `simcore`.

#[macro_use]
mod operations;

use ::std::cell::Cell;
use ::std::fmt;
use ::std::panic::{Location, RefUnwindSafe};
use ::std::sync::atomic as real;
pub use ::std::sync::atomic::{Ordering, compiler_fence};

use crate::statics::{Age, Use};

/// One weak exchange in this many fails without cause, when the schedule so chooses.
const FAILS_BY_ITSELF: usize = 8;

/// As [`std::sync::atomic::fence`].
#[track_caller]
pub fn fence(order: Ordering) {
    let at = Location::caller();
    let is_ordered = engine::atomic_point("fence", 0, at, order, None);
    real::fence(order);
    if is_ordered {
        engine::memory_fence(order, at);
    }
}

/// As [`std::sync::atomic::spin_loop_hint`]: another thread goes first, if there is one.
#[deprecated(since = "1.51.0", note = "use hint::spin_loop instead")]
#[track_caller]
pub fn spin_loop_hint() {
    crate::hint::spin_loop();
}

/// A value that a trace can show, and the engine's memory can keep.
trait Told {
    /// As text behind `what`; an address, which is another in each process, has none.
    fn told(&self, what: &'static str) -> String;
    /// Its bits.
    fn bits(self) -> u64;
    /// The value with these bits.
    fn of_bits(bits: u64) -> Self;
}

macro_rules! told {
    ($($t:ty)*) => {$(
        impl Told for $t {
            fn told(&self, what: &'static str) -> String {
                format!("{what}{self}")
            }
            fn bits(self) -> u64 {
                self as u64
            }
            fn of_bits(bits: u64) -> Self {
                bits as Self
            }
        }
    )*};
}

told!(i8 u8 i16 u16 i32 u32 i64 u64 isize usize);

impl Told for bool {
    fn told(&self, what: &'static str) -> String {
        format!("{what}{self}")
    }
    fn bits(self) -> u64 {
        u64::from(self)
    }
    fn of_bits(bits: u64) -> Self {
        bits != 0
    }
}

impl<T> Told for *mut T {
    fn told(&self, _: &'static str) -> String {
        String::new()
    }
    fn bits(self) -> u64 {
        self.expose_provenance() as u64
    }
    fn of_bits(bits: u64) -> Self {
        ::std::ptr::with_exposed_provenance_mut(bits as usize)
    }
}

/// Defines an atomic that remembers what it was made with.
macro_rules! remembering {
    ($($Atomic:ident [$($generic:tt)*] $t:ty)*) => {$(
        /// As the atomic of the same name in [`std::sync::atomic`].
        pub struct $Atomic $($generic)* {
            value: real::$Atomic $($generic)*,
            made_with: Cell<$t>,
            age: Age,
            /// What the engine's memory calls it, where it has one.
            number: Cell<u64>,
        }
        // SAFETY: the cells are touched between scheduling points only (crate documentation).
        unsafe impl $($generic)* Send for $Atomic $($generic)* {}
        // SAFETY: as above.
        unsafe impl $($generic)* Sync for $Atomic $($generic)* {}
        impl $($generic)* RefUnwindSafe for $Atomic $($generic)* {}
        impl $($generic)* $Atomic $($generic)* {
            /// As the real one.
            pub const fn new(value: $t) -> Self {
                let (made_with, number) = (Cell::new(value), Cell::new(0));
                Self { value: real::$Atomic::new(value), made_with, age: Age::new(), number }
            }
            /// Passes the scheduling point. Says whether the engine's memory has to know of the operation.
            #[inline]
            #[track_caller]
            fn begin(&self, op: &'static str, at: engine::Loc, order: Ordering, failure: Option<Ordering>) -> bool {
                let is_ordered = engine::atomic_point(op, self.address(), at, order, failure);
                self.freshen();
                if is_ordered {
                    let value = self.value.load(Ordering::SeqCst).bits();
                    self.number.set(engine::memory_settle(self.address(), self.number.get(), value));
                }
                is_ordered
            }
            fn known(&self, at: engine::Loc) -> engine::Atomic {
                let show = |bits| <$t>::of_bits(bits).told("");
                engine::Atomic { address: self.address(), at, show, varies: true }
            }
            fn loads(&self, cell: $t, order: Ordering, at: engine::Loc) -> $t {
                <$t>::of_bits(engine::memory_load(self.known(at), order, cell.bits()))
            }
            /// Whether the value is the newest one.
            fn stores(&self, value: $t, order: Ordering, at: engine::Loc) -> bool {
                let cell = self.value.load(Ordering::SeqCst).bits();
                engine::memory_store(self.known(at), order, cell, value.bits())
            }
            fn changes(&self, order: Ordering, at: engine::Loc, change: impl Fn($t) -> $t) -> $t {
                let cell = self.value.load(Ordering::SeqCst).bits();
                let mut bits = |bits| change(<$t>::of_bits(bits)).bits();
                self.takes(engine::memory_modify(self.known(at), order, cell, &mut bits))
            }
            fn exchanges(
                &self, current: $t, new: $t, success: Ordering, failure: Ordering, at: engine::Loc,
            ) -> Result<$t, $t> {
                let cell = self.value.load(Ordering::SeqCst).bits();
                let (expected, new) = (current.bits(), new.bits());
                let exchange = engine::Exchange { expected, new, success, failure };
                let modified = engine::memory_exchange(self.known(at), exchange, cell);
                let before = self.takes(modified);
                if modified.done { Ok(before) } else { Err(before) }
            }
            /// Takes what the engine's memory has made of it, and returns what it was before.
            fn takes(&self, modified: engine::Modified) -> $t {
                if let Some(cell) = modified.cell {
                    self.value.store(<$t>::of_bits(cell), Ordering::SeqCst);
                }
                <$t>::of_bits(modified.before)
            }
            /// The value belongs into the trace.
            #[inline]
            fn tell(&self, what: &'static str, value: $t) {
                engine::outcome(|| value.told(what));
            }
            #[inline]
            #[track_caller]
            fn freshen(&self) {
                if self.age.check() == Use::Stale {
                    self.value.store(self.made_with.get(), Ordering::SeqCst);
                }
            }
        }
    )*};
}

remembering! {
    AtomicBool [] bool
    AtomicI8 [] i8 AtomicU8 [] u8 AtomicI16 [] i16 AtomicU16 [] u16 AtomicI32 [] i32 AtomicU32 [] u32
    AtomicI64 [] i64 AtomicU64 [] u64 AtomicIsize [] isize AtomicUsize [] usize
    AtomicPtr [<T>] *mut T
}
booleans!();
pointers!();
numbers! {
    AtomicI8 i8 AtomicU8 u8 AtomicI16 i16 AtomicU16 u16 AtomicI32 i32 AtomicU32 u32
    AtomicI64 i64 AtomicU64 u64 AtomicIsize isize AtomicUsize usize
}

initial! {
    ATOMIC_BOOL_INIT AtomicBool false
    ATOMIC_ISIZE_INIT AtomicIsize 0
    ATOMIC_USIZE_INIT AtomicUsize 0
}
