//! Atomics laid out as the real ones, for the libraries. What a static of these holds, it holds for longer than an execution.

use ::core::fmt;
use ::core::panic::Location;
use ::core::sync::atomic as real;
#[allow(deprecated)]
pub use simstd::sync::atomic::{Ordering, compiler_fence, fence, spin_loop_hint};

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
            fn begin(&self, op: &'static str, at: engine::Loc, order: Ordering, failure: Option<Ordering>) {
                engine::atomic_point(op, self.address(), at, order, failure);
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
