//! A mutual exclusion lock.

use ::std::cell::{Cell, UnsafeCell};
use ::std::fmt;
use ::std::marker::PhantomData;
use ::std::ops::{Deref, DerefMut};
use ::std::panic::{Location, RefUnwindSafe, UnwindSafe};
use ::std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};

use engine::{Loc, Waiting};

use super::{NOBODY, me};
use crate::statics::{self, Age, Use};
use crate::told::told;

/// As [`std::sync::Mutex`].
pub struct Mutex<T: ?Sized> {
    holder: Cell<u32>,
    poisoned: Cell<bool>,
    age: Age,
    value: UnsafeCell<T>,
}

// SAFETY: the fields are touched between scheduling points only (crate documentation), and the value
// by the holder only.
unsafe impl<T: ?Sized + Send> Send for Mutex<T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Send> Sync for Mutex<T> {}
impl<T: ?Sized> UnwindSafe for Mutex<T> {}
impl<T: ?Sized> RefUnwindSafe for Mutex<T> {}

/// As [`std::sync::MutexGuard`].
#[must_use = "if unused the Mutex will immediately unlock"]
#[clippy::has_significant_drop]
pub struct MutexGuard<'a, T: ?Sized + 'a> {
    lock: &'a Mutex<T>,
    panicking: bool,
    at: Loc,
    not_send: PhantomData<*const ()>,
}

// SAFETY: a shared guard gives shared access to the value only.
unsafe impl<T: ?Sized + Sync> Sync for MutexGuard<'_, T> {}

impl<T> Mutex<T> {
    /// As the real one.
    pub const fn new(value: T) -> Self {
        Self {
            holder: Cell::new(NOBODY),
            poisoned: Cell::new(false),
            age: Age::new(),
            value: UnsafeCell::new(value),
        }
    }

    /// As the real one.
    ///
    /// # Errors
    /// If it is poisoned; the error has the value.
    pub fn into_inner(self) -> LockResult<T> {
        let poisoned = self.poisoned.get();
        let value = self.value.into_inner();
        if poisoned { Err(PoisonError::new(value)) } else { Ok(value) }
    }
}

impl<T: ?Sized> Mutex<T> {
    pub(super) fn address(&self) -> usize {
        (&raw const self.holder) as usize
    }

    /// Makes a mutex that an earlier execution left in a static what it was at first.
    #[track_caller]
    fn freshen(&self) {
        let size = size_of_val(&self.value);
        match self.age.check() {
            Use::Known => {}
            // SAFETY: nobody holds the lock at its first use.
            Use::First => unsafe { statics::remember(self.value.get().cast(), size) },
            Use::Stale => {
                self.holder.set(NOBODY);
                self.poisoned.set(false);
                // SAFETY: whoever held it belongs to an execution that has ended.
                unsafe { statics::restore(self.value.get().cast(), size) }
            }
        }
    }

    /// As the real one.
    ///
    /// # Errors
    /// If it is poisoned; the error has the guard.
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        let at = Location::caller();
        self.freshen();
        engine::take_point("lock", self.address(), self.waiting(at));
        self.acquire(at);
        self.guard(at)
    }

    /// Waits until it is free and takes it, without a scheduling point before.
    #[track_caller]
    pub(super) fn acquire(&self, at: Loc) {
        self.freshen();
        while self.holder.get() != NOBODY {
            engine::block(self.waiting(at), None);
        }
        self.hold();
    }

    fn hold(&self) {
        engine::taken(self.address());
        self.holder.set(me());
    }

    /// What a thread waits for that wants to have it.
    pub(super) fn waiting(&self, at: Loc) -> Waiting {
        let holder = Some(&raw const self.holder);
        Waiting { holder, ..Waiting::on("a Mutex", "lock", self.address(), at) }
    }

    pub(super) fn guard(&self, at: Loc) -> LockResult<MutexGuard<'_, T>> {
        let guard = MutexGuard { lock: self, panicking: engine::panicking(), at, not_send: PhantomData };
        if self.poisoned.get() {
            engine::outcome(|| "poisoned".to_owned());
            return Err(PoisonError::new(guard));
        }
        engine::outcome(|| told(&*guard));
        Ok(guard)
    }

    /// As the real one.
    ///
    /// # Errors
    /// If it is held or poisoned.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        let at = Location::caller();
        engine::point("try_lock", self.address(), at);
        self.freshen();
        if self.holder.get() != NOBODY {
            engine::outcome(|| "is held".to_owned());
            return Err(TryLockError::WouldBlock);
        }
        self.hold();
        Ok(self.guard(at)?)
    }

    /// Lets go of the lock and wakes those that wait for it.
    pub(super) fn release(&self) {
        self.holder.set(NOBODY);
        engine::released(self.address());
    }

    /// As the real one.
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        engine::point("is_poisoned", self.address(), Location::caller());
        self.freshen();
        self.poisoned.get()
    }

    /// As the real one.
    #[track_caller]
    pub fn clear_poison(&self) {
        engine::point("clear_poison", self.address(), Location::caller());
        self.freshen();
        self.poisoned.set(false);
    }

    /// As the real one.
    ///
    /// # Errors
    /// If it is poisoned; the error has the value.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        let poisoned = self.poisoned.get();
        let value = self.value.get_mut();
        if poisoned { Err(PoisonError::new(value)) } else { Ok(value) }
    }
}

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    pub(super) fn mutex(&self) -> &'a Mutex<T> {
        self.lock
    }

    pub(super) fn poison_if_panicking(&self) {
        if !self.panicking && engine::panicking() {
            self.lock.poisoned.set(true);
        }
    }
}

impl<T: ?Sized> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        engine::point("unlock", self.lock.address(), self.at);
        engine::outcome_if_new(|| told(&**self));
        self.poison_if_panicking();
        self.lock.release();
    }
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: the guard's thread holds the lock.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> From<T> for Mutex<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut d = f.debug_struct("Mutex");
        match self.try_lock() {
            Ok(guard) => d.field("data", &&*guard),
            Err(TryLockError::Poisoned(error)) => d.field("data", &&**error.get_ref()),
            Err(TryLockError::WouldBlock) => d.field("data", &"<locked>"),
        };
        d.field("poisoned", &self.poisoned.get());
        d.finish_non_exhaustive()
    }
}
