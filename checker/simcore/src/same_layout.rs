//! Atomics laid out as the real ones, for the libraries. What a static of these holds, it holds for longer than an execution.

use ::core::fmt;
use ::core::panic::Location;
use ::core::sync::atomic as real;
#[allow(deprecated)]
pub use simstd::sync::atomic::{Ordering, fence, spin_loop_hint};

/// As [`core::sync::atomic::compiler_fence`]. On some processors crossbeam takes one for a fence, since the instruction beside
/// it is one there.
#[track_caller]
pub fn compiler_fence(order: Ordering) {
    real::compiler_fence(order);
    engine::memory_fence(order, Location::caller());
}

/// One weak exchange in this many fails without cause, when the schedule so chooses.
const FAILS_BY_ITSELF: usize = 8;

/// Defines an atomic that is the real one with scheduling points.
macro_rules! transparent {
    ($($Atomic:ident [$($generic:tt)*] $t:ty)*) => {$(
        /// As the atomic of the same name in [`core::sync::atomic`].
        #[repr(transparent)]
        pub struct $Atomic $($generic)* {
            value: real::$Atomic $($generic)*,
        }
        impl $($generic)* $Atomic $($generic)* {
            /// As the real one.
            pub const fn new(value: $t) -> Self {
                Self { value: real::$Atomic::new(value) }
            }
            /// As the real one.
            ///
            /// # Safety
            /// As for the real one.
            pub const unsafe fn from_ptr<'a>(ptr: *mut $t) -> &'a Self {
                // SAFETY: the caller's; the layout is the same.
                unsafe { &*ptr.cast::<Self>() }
            }
            #[inline]
            fn begin(&self, op: &'static str, at: engine::Loc, order: Ordering, failure: Option<Ordering>) -> bool {
                engine::atomic_point(op, self.address(), at, order, failure)
            }
            // Nobody who learns can mend a library: its loads read the newest value. What its orders make known is exact.
            fn loads(&self, cell: $t, order: Ordering, _: engine::Loc) -> $t {
                engine::memory_other(self.address(), order, engine::Does::Load);
                cell
            }
            fn stores(&self, _: $t, order: Ordering, _: engine::Loc) -> bool {
                engine::memory_other(self.address(), order, engine::Does::Store);
                true
            }
            fn changes(&self, order: Ordering, _: engine::Loc, change: impl Fn($t) -> $t) -> $t {
                engine::memory_other(self.address(), order, engine::Does::Modify);
                let before = self.value.load(Ordering::SeqCst);
                self.value.store(change(before), Ordering::SeqCst);
                before
            }
            fn exchanges(
                &self, current: $t, new: $t, success: Ordering, failure: Ordering, _: engine::Loc,
            ) -> Result<$t, $t> {
                let done = self.value.compare_exchange(current, new, success, failure);
                match done {
                    Ok(_) => engine::memory_other(self.address(), success, engine::Does::Modify),
                    Err(_) => engine::memory_other(self.address(), failure, engine::Does::Load),
                }
                done
            }
            /// The libraries' own values are nobody's concern.
            #[inline]
            fn tell(&self, _: &'static str, _: $t) {}
            #[inline]
            fn freshen(&self) {}
        }
    )*};
}

transparent! {
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
