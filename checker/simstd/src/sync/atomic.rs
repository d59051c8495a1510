//! Atomics: every operation is a scheduling point and sequentially consistent.
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

/// As [`std::sync::atomic::fence`]; all is sequentially consistent already.
#[track_caller]
pub fn fence(order: Ordering) {
    engine::atomic_point("fence", 0, Location::caller(), order, None);
    real::fence(order);
}

/// As [`std::sync::atomic::spin_loop_hint`]: another thread goes first, if there is one.
#[deprecated(since = "1.51.0", note = "use hint::spin_loop instead")]
#[track_caller]
pub fn spin_loop_hint() {
    crate::hint::spin_loop();
}

/// A value that a trace can show.
trait Told {
    /// As text behind `what`; an address, which is another in each process, has none.
    fn told(&self, what: &'static str) -> String;
}

macro_rules! told {
    ($($t:ty)*) => {$(
        impl Told for $t {
            fn told(&self, what: &'static str) -> String {
                format!("{what}{self}")
            }
        }
    )*};
}

told!(bool i8 u8 i16 u16 i32 u32 i64 u64 isize usize);

impl<T> Told for *mut T {
    fn told(&self, _: &'static str) -> String {
        String::new()
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
        }
        // SAFETY: the cells are touched between scheduling points only (crate documentation).
        unsafe impl $($generic)* Send for $Atomic $($generic)* {}
        // SAFETY: as above.
        unsafe impl $($generic)* Sync for $Atomic $($generic)* {}
        impl $($generic)* RefUnwindSafe for $Atomic $($generic)* {}
        impl $($generic)* $Atomic $($generic)* {
            /// As the real one.
            pub const fn new(value: $t) -> Self {
                Self { value: real::$Atomic::new(value), made_with: Cell::new(value), age: Age::new() }
            }
            #[inline]
            #[track_caller]
            fn begin(&self, op: &'static str, at: engine::Loc, order: Ordering, failure: Option<Ordering>) {
                engine::atomic_point(op, self.address(), at, order, failure);
                self.freshen();
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
