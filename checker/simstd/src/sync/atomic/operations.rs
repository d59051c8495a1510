//! The operations of atomics, as macros: those that remember what they were made with are simstd's own, and those that are
//! laid out as the real ones are simcore's, which includes this file.

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
                let at = Location::caller();
                let is_ordered = self.begin("load", at, order, None);
                let mut value = self.value.load(order);
                if is_ordered {
                    value = self.loads(value, order, at);
                }
                self.tell("", value);
                value
            }
            /// As the real one.
            #[track_caller]
            pub fn store(&self, value: $t, order: Ordering) {
                let at = Location::caller();
                let is_ordered = self.begin("store", at, order, None);
                self.tell("", value);
                if !is_ordered || self.stores(value, order, at) {
                    self.value.store(value, order);
                }
            }
            /// As the real one.
            #[track_caller]
            pub fn swap(&self, value: $t, order: Ordering) -> $t {
                let at = Location::caller();
                let is_ordered = self.begin("swap", at, order, None);
                let before = match is_ordered {
                    true => self.changes(order, at, |_| value),
                    false => self.value.swap(value, order),
                };
                self.tell("was ", before);
                before
            }
            /// An exchange, after its scheduling point.
            fn exchange(
                &self, current: $t, new: $t, success: Ordering, failure: Ordering, at: engine::Loc, is_ordered: bool,
            ) -> Result<$t, $t> {
                match is_ordered {
                    true => self.exchanges(current, new, success, failure, at),
                    false => self.value.compare_exchange(current, new, success, failure),
                }
            }
            /// As the real one.
            ///
            /// # Errors
            /// The value, if it is not `current`.
            #[track_caller]
            pub fn compare_exchange(
                &self, current: $t, new: $t, success: Ordering, failure: Ordering,
            ) -> Result<$t, $t> {
                let at = Location::caller();
                let is_ordered = self.begin("compare_exchange", at, success, Some(failure));
                let done = self.exchange(current, new, success, failure, at, is_ordered);
                match done {
                    Ok(_) => self.tell("now ", new),
                    Err(seen) => self.tell("fails: ", seen),
                }
                done
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
                let is_ordered = self.begin("compare_exchange", at, success, Some(failure));
                if engine::spurious(FAILS_BY_ITSELF, at) {
                    let mut value = self.value.load(Ordering::SeqCst);
                    if is_ordered {
                        value = self.loads(value, failure, at);
                        return Err(value);
                    }
                    // Nothing changes by this, and it looks at the orders.
                    return self.value.compare_exchange(value, value, success, failure).and_then(Err);
                }
                self.exchange(current, new, success, failure, at, is_ordered)
            }
            /// As the real one.
            #[deprecated(since = "1.50.0", note = "use `compare_exchange` instead")]
            #[track_caller]
            pub fn compare_and_swap(&self, current: $t, new: $t, order: Ordering) -> $t {
                let at = Location::caller();
                let is_ordered = self.begin("compare_and_swap", at, order, None);
                let failure = match order {
                    Ordering::Relaxed | Ordering::Release => Ordering::Relaxed,
                    Ordering::Acquire | Ordering::AcqRel => Ordering::Acquire,
                    _ => Ordering::SeqCst,
                };
                let (Ok(before) | Err(before)) = self.exchange(current, new, order, failure, at, is_ordered);
                before
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
                let is_ordered = self.begin("load", at, fetch, None);
                let mut seen = self.value.load(fetch);
                if is_ordered {
                    seen = self.loads(seen, fetch, at);
                }
                while let Some(next) = f(seen) {
                    let is_ordered = self.begin("compare_exchange", at, set, Some(fetch));
                    match self.exchange(seen, next, set, fetch, at, is_ordered) {
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
                let at = Location::caller();
                let is_ordered = self.begin(stringify!($op), at, order, None);
                let before = match is_ordered {
                    true => self.changes(order, at, |before| {
                        let other = real::$Atomic::new(before);
                        other.$op(value, Ordering::Relaxed);
                        other.into_inner()
                    }),
                    false => self.value.$op(value, order),
                };
                self.tell("was ", before);
                before
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
                let at = Location::caller();
                let is_ordered = self.begin("fetch_not", at, order, None);
                match is_ordered {
                    true => self.changes(order, at, |before| !before),
                    false => self.value.fetch_xor(true, order),
                }
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
                let at = Location::caller();
                let is_ordered = self.begin("fetch_byte_add", at, order, None);
                match is_ordered {
                    true => self.changes(order, at, |before| {
                        let other = real::AtomicPtr::new(before);
                        other.fetch_byte_add(value, Ordering::Relaxed);
                        other.into_inner()
                    }),
                    false => self.value.fetch_byte_add(value, order),
                }
            }
            /// As the real one.
            #[track_caller]
            pub fn fetch_byte_sub(&self, value: usize, order: Ordering) -> *mut T {
                let at = Location::caller();
                let is_ordered = self.begin("fetch_byte_sub", at, order, None);
                match is_ordered {
                    true => self.changes(order, at, |before| {
                        let other = real::AtomicPtr::new(before);
                        other.fetch_byte_sub(value, Ordering::Relaxed);
                        other.into_inner()
                    }),
                    false => self.value.fetch_byte_sub(value, order),
                }
            }
            /// As the real one.
            #[track_caller]
            pub fn fetch_ptr_add(&self, value: usize, order: Ordering) -> *mut T {
                let at = Location::caller();
                let is_ordered = self.begin("fetch_ptr_add", at, order, None);
                match is_ordered {
                    true => self.changes(order, at, |before| {
                        let other = real::AtomicPtr::new(before);
                        other.fetch_ptr_add(value, Ordering::Relaxed);
                        other.into_inner()
                    }),
                    false => self.value.fetch_ptr_add(value, order),
                }
            }
            /// As the real one.
            #[track_caller]
            pub fn fetch_ptr_sub(&self, value: usize, order: Ordering) -> *mut T {
                let at = Location::caller();
                let is_ordered = self.begin("fetch_ptr_sub", at, order, None);
                match is_ordered {
                    true => self.changes(order, at, |before| {
                        let other = real::AtomicPtr::new(before);
                        other.fetch_ptr_sub(value, Ordering::Relaxed);
                        other.into_inner()
                    }),
                    false => self.value.fetch_ptr_sub(value, order),
                }
            }
            /// As the real one.
            #[track_caller]
            pub fn fetch_and(&self, value: usize, order: Ordering) -> *mut T {
                let at = Location::caller();
                let is_ordered = self.begin("fetch_and", at, order, None);
                match is_ordered {
                    true => self.changes(order, at, |before| {
                        let other = real::AtomicPtr::new(before);
                        other.fetch_and(value, Ordering::Relaxed);
                        other.into_inner()
                    }),
                    false => self.value.fetch_and(value, order),
                }
            }
            /// As the real one.
            #[track_caller]
            pub fn fetch_or(&self, value: usize, order: Ordering) -> *mut T {
                let at = Location::caller();
                let is_ordered = self.begin("fetch_or", at, order, None);
                match is_ordered {
                    true => self.changes(order, at, |before| {
                        let other = real::AtomicPtr::new(before);
                        other.fetch_or(value, Ordering::Relaxed);
                        other.into_inner()
                    }),
                    false => self.value.fetch_or(value, order),
                }
            }
            /// As the real one.
            #[track_caller]
            pub fn fetch_xor(&self, value: usize, order: Ordering) -> *mut T {
                let at = Location::caller();
                let is_ordered = self.begin("fetch_xor", at, order, None);
                match is_ordered {
                    true => self.changes(order, at, |before| {
                        let other = real::AtomicPtr::new(before);
                        other.fetch_xor(value, Ordering::Relaxed);
                        other.into_inner()
                    }),
                    false => self.value.fetch_xor(value, order),
                }
            }
        }
        impl<T> Default for AtomicPtr<T> {
            fn default() -> Self {
                Self::new(::core::ptr::null_mut())
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

/// The deprecated initial values.
macro_rules! initial {
    ($($NAME:ident $Atomic:ident $value:literal)*) => {$(
        /// As the constant of the same name in [`std::sync::atomic`].
        #[allow(clippy::declare_interior_mutable_const)]
        #[deprecated(since = "1.34.0", note = "the `new` function is now preferred")]
        pub const $NAME: $Atomic = $Atomic::new($value);
    )*};
}
