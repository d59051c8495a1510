//! Atomics: every operation is a scheduling point and sequentially consistent.
//!
//! Two sets. Those of this module remember the value that they were made with, so that one in a
//! `static` starts afresh in every execution. Those of [`same_layout`] don't, and are laid out as the
//! real ones: crossbeam casts its cells to them.

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
    engine::point("fence", 0, Location::caller());
    real::fence(order);
}

/// As [`std::sync::atomic::spin_loop_hint`]: another thread goes first, if there is one.
#[deprecated(since = "1.51.0", note = "use hint::spin_loop instead")]
#[track_caller]
pub fn spin_loop_hint() {
    crate::hint::spin_loop();
}

/// The operations that every atomic has, by way of the real atomic in `value`.
macro_rules! common {
    ($Atomic:ident [$($generic:tt)*] $t:ty) => {
        impl $($generic)* {
            fn address(&self) -> usize {
                (&raw const self.value) as usize
            }
            /// As the real one.
            #[track_caller]
            pub fn load(&self, order: Ordering) -> $t {
                self.begin("load", Location::caller());
                self.value.load(order)
            }
            /// As the real one.
            #[track_caller]
            pub fn store(&self, value: $t, order: Ordering) {
                self.begin("store", Location::caller());
                self.value.store(value, order);
            }
            /// As the real one.
            #[track_caller]
            pub fn swap(&self, value: $t, order: Ordering) -> $t {
                self.begin("swap", Location::caller());
                self.value.swap(value, order)
            }
            /// As the real one.
            ///
            /// # Errors
            /// The value, if it is not `current`.
            #[track_caller]
            pub fn compare_exchange(
                &self, current: $t, new: $t, success: Ordering, failure: Ordering,
            ) -> Result<$t, $t> {
                self.begin("compare_exchange", Location::caller());
                self.value.compare_exchange(current, new, success, failure)
            }
            /// As the real one: it may fail although the value is `current`.
            ///
            /// # Errors
            /// The value, if it is not `current`, or without cause.
            #[track_caller]
            pub fn compare_exchange_weak(
                &self, current: $t, new: $t, success: Ordering, failure: Ordering,
            ) -> Result<$t, $t> {
                let at = Location::caller();
                self.begin("compare_exchange", at);
                if engine::spurious(FAILS_BY_ITSELF, at) {
                    let value = self.value.load(Ordering::SeqCst);
                    // Nothing changes by this, and it looks at the orders.
                    return self.value.compare_exchange(value, value, success, failure).and_then(Err);
                }
                self.value.compare_exchange(current, new, success, failure)
            }
            /// As the real one.
            #[deprecated(since = "1.50.0", note = "use `compare_exchange` instead")]
            #[track_caller]
            pub fn compare_and_swap(&self, current: $t, new: $t, order: Ordering) -> $t {
                self.begin("compare_and_swap", Location::caller());
                #[allow(deprecated)]
                self.value.compare_and_swap(current, new, order)
            }
            /// As the real one.
            ///
            /// # Errors
            /// The value, if `f` declines.
            #[track_caller]
            pub fn fetch_update<F>(&self, set: Ordering, fetch: Ordering, mut f: F) -> Result<$t, $t>
            where
                F: FnMut($t) -> Option<$t>,
            {
                let at = Location::caller();
                self.begin("load", at);
                let mut seen = self.value.load(fetch);
                while let Some(next) = f(seen) {
                    self.begin("compare_exchange", at);
                    match self.value.compare_exchange(seen, next, set, fetch) {
                        done @ Ok(_) => return done,
                        Err(now) => seen = now,
                    }
                }
                Err(seen)
            }
            /// As the real one.
            ///
            /// # Errors
            /// The value, if `f` declines.
            #[track_caller]
            pub fn try_update(
                &self, set: Ordering, fetch: Ordering, f: impl FnMut($t) -> Option<$t>,
            ) -> Result<$t, $t> {
                self.fetch_update(set, fetch, f)
            }
            /// As the real one.
            #[track_caller]
            pub fn update(&self, set: Ordering, fetch: Ordering, mut f: impl FnMut($t) -> $t) -> $t {
                match self.fetch_update(set, fetch, |v| Some(f(v))) {
                    Ok(v) | Err(v) => v,
                }
            }
            /// As the real one.
            pub fn get_mut(&mut self) -> &mut $t {
                self.freshen();
                self.value.get_mut()
            }
            /// As the real one. What is owned is in no static, so it is never stale.
            pub const fn into_inner(self) -> $t {
                self.value.into_inner()
            }
            /// As the real one.
            pub const fn as_ptr(&self) -> *mut $t {
                self.value.as_ptr()
            }
        }
    };
}

macro_rules! fetches {
    ($Atomic:ident [$($generic:tt)*] $t:ty: $($op:ident)*) => {
        impl $($generic)* {$(
            /// As the real one.
            #[track_caller]
            pub fn $op(&self, value: $t, order: Ordering) -> $t {
                self.begin(stringify!($op), Location::caller());
                self.value.$op(value, order)
            }
        )*}
    };
}

macro_rules! numbers {
    ($($Atomic:ident $t:ident)*) => {$(
        common!($Atomic [$Atomic] $t);
        fetches!($Atomic [$Atomic] $t:
            fetch_add fetch_sub fetch_and fetch_nand fetch_or fetch_xor fetch_max fetch_min);
        plain!($Atomic [$Atomic] $t);
    )*};
}

macro_rules! booleans {
    () => {
        common!(AtomicBool [AtomicBool] bool);
        fetches!(AtomicBool [AtomicBool] bool: fetch_and fetch_nand fetch_or fetch_xor);
        plain!(AtomicBool [AtomicBool] bool);
        impl AtomicBool {
            /// As the real one.
            #[track_caller]
            pub fn fetch_not(&self, order: Ordering) -> bool {
                self.begin("fetch_not", Location::caller());
                self.value.fetch_xor(true, order)
            }
        }
    };
}

macro_rules! plain {
    ($Atomic:ident [$($generic:tt)*] $t:ty) => {
        impl Default for $Atomic {
            fn default() -> Self {
                Self::new(<$t>::default())
            }
        }
        impl From<$t> for $Atomic {
            fn from(value: $t) -> Self {
                Self::new(value)
            }
        }
        impl fmt::Debug for $Atomic {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.freshen();
                self.value.fmt(f)
            }
        }
    };
}

macro_rules! pointers {
    () => {
        common!(AtomicPtr [<T> AtomicPtr<T>] *mut T);
        impl<T> AtomicPtr<T> {
            /// As the real one.
            #[track_caller]
            pub fn fetch_byte_add(&self, value: usize, order: Ordering) -> *mut T {
                self.begin("fetch_byte_add", Location::caller());
                self.value.fetch_byte_add(value, order)
            }
            /// As the real one.
            #[track_caller]
            pub fn fetch_byte_sub(&self, value: usize, order: Ordering) -> *mut T {
                self.begin("fetch_byte_sub", Location::caller());
                self.value.fetch_byte_sub(value, order)
            }
            /// As the real one.
            #[track_caller]
            pub fn fetch_ptr_add(&self, value: usize, order: Ordering) -> *mut T {
                self.begin("fetch_ptr_add", Location::caller());
                self.value.fetch_ptr_add(value, order)
            }
            /// As the real one.
            #[track_caller]
            pub fn fetch_ptr_sub(&self, value: usize, order: Ordering) -> *mut T {
                self.begin("fetch_ptr_sub", Location::caller());
                self.value.fetch_ptr_sub(value, order)
            }
            /// As the real one.
            #[track_caller]
            pub fn fetch_and(&self, value: usize, order: Ordering) -> *mut T {
                self.begin("fetch_and", Location::caller());
                self.value.fetch_and(value, order)
            }
            /// As the real one.
            #[track_caller]
            pub fn fetch_or(&self, value: usize, order: Ordering) -> *mut T {
                self.begin("fetch_or", Location::caller());
                self.value.fetch_or(value, order)
            }
            /// As the real one.
            #[track_caller]
            pub fn fetch_xor(&self, value: usize, order: Ordering) -> *mut T {
                self.begin("fetch_xor", Location::caller());
                self.value.fetch_xor(value, order)
            }
        }
        impl<T> Default for AtomicPtr<T> {
            fn default() -> Self {
                Self::new(::std::ptr::null_mut())
            }
        }
        impl<T> From<*mut T> for AtomicPtr<T> {
            fn from(value: *mut T) -> Self {
                Self::new(value)
            }
        }
        impl<T> fmt::Debug for AtomicPtr<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.freshen();
                self.value.fmt(f)
            }
        }
        impl<T> fmt::Pointer for AtomicPtr<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.freshen();
                self.value.fmt(f)
            }
        }
    };
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
            fn begin(&self, op: &'static str, at: engine::Loc) {
                engine::point(op, self.address(), at);
                self.freshen();
            }
            #[inline]
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

/// The deprecated initial values.
macro_rules! initial {
    ($($NAME:ident $Atomic:ident $value:literal)*) => {$(
        /// As the constant of the same name in [`std::sync::atomic`].
        #[allow(clippy::declare_interior_mutable_const)]
        #[deprecated(since = "1.34.0", note = "the `new` function is now preferred")]
        pub const $NAME: $Atomic = $Atomic::new($value);
    )*};
}

initial! {
    ATOMIC_BOOL_INIT AtomicBool false
    ATOMIC_ISIZE_INIT AtomicIsize 0
    ATOMIC_USIZE_INIT AtomicUsize 0
}

pub mod same_layout {
    //! Atomics laid out as the real ones. What a static of these holds outlives an execution.

    use super::{FAILS_BY_ITSELF, Location, fmt, real};
    #[allow(deprecated)]
    pub use super::{Ordering, compiler_fence, fence, spin_loop_hint};

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
                fn begin(&self, op: &'static str, at: engine::Loc) {
                    engine::point(op, self.address(), at);
                }
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
}
