//! A reader-writer lock.

use ::std::cell::{Cell, UnsafeCell};
use ::std::fmt;
use ::std::marker::PhantomData;
use ::std::ops::{Deref, DerefMut};
use ::std::panic::{Location, RefUnwindSafe, UnwindSafe};
use ::std::ptr::NonNull;
use ::std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};

use engine::{Loc, Waiting};

use super::{NOBODY, me};
use crate::statics::{self, Age, Use};
use crate::told::told;

/// As [`std::sync::RwLock`]. Who goes first, waiting writers or new readers, is the schedule's choice.
pub struct RwLock<T: ?Sized> {
    /// The writer, or the reader that came last.
    holder: Cell<u32>,
    readers: Cell<usize>,
    writing: Cell<bool>,
    /// How many wait to write.
    writers_waiting: Cell<usize>,
    poisoned: Cell<bool>,
    age: Age,
    value: UnsafeCell<T>,
}

// SAFETY: the fields are touched between scheduling points only (crate documentation), and the value
// as the lock allows.
unsafe impl<T: ?Sized + Send> Send for RwLock<T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Send + Sync> Sync for RwLock<T> {}
impl<T: ?Sized> UnwindSafe for RwLock<T> {}
impl<T: ?Sized> RefUnwindSafe for RwLock<T> {}

/// As [`std::sync::RwLockReadGuard`]. It has no reference to the lock itself, which would make it
/// invariant in `T`.
#[must_use = "if unused the RwLock will immediately unlock"]
#[clippy::has_significant_drop]
pub struct RwLockReadGuard<'a, T: ?Sized + 'a> {
    value: NonNull<T>,
    holder: &'a Cell<u32>,
    readers: &'a Cell<usize>,
    at: Loc,
}

/// As [`std::sync::RwLockWriteGuard`].
#[must_use = "if unused the RwLock will immediately unlock"]
#[clippy::has_significant_drop]
pub struct RwLockWriteGuard<'a, T: ?Sized + 'a> {
    lock: &'a RwLock<T>,
    panicking: bool,
    at: Loc,
    not_send: PhantomData<*const ()>,
}

// SAFETY: a shared guard gives shared access to the value only.
unsafe impl<T: ?Sized + Sync> Sync for RwLockReadGuard<'_, T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Sync> Sync for RwLockWriteGuard<'_, T> {}
impl<T: ?Sized + RefUnwindSafe> UnwindSafe for RwLockReadGuard<'_, T> {}
impl<T: ?Sized + RefUnwindSafe> RefUnwindSafe for RwLockReadGuard<'_, T> {}

impl<T> RwLock<T> {
    /// As the real one.
    pub const fn new(value: T) -> Self {
        Self {
            holder: Cell::new(NOBODY),
            readers: Cell::new(0),
            writing: Cell::new(false),
            writers_waiting: Cell::new(0),
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

impl<T: ?Sized> RwLock<T> {
    fn address(&self) -> usize {
        (&raw const self.holder) as usize
    }

    #[track_caller]
    fn freshen(&self) {
        let size = size_of_val(&self.value);
        match self.age.check() {
            Use::Known => {}
            // SAFETY: nobody holds the lock at its first use.
            Use::First => unsafe { statics::remember(self.value.get().cast(), size) },
            Use::Stale => {
                self.holder.set(NOBODY);
                self.readers.set(0);
                self.writing.set(false);
                self.writers_waiting.set(0);
                self.poisoned.set(false);
                // SAFETY: whoever held it belongs to an execution that has ended.
                unsafe { statics::restore(self.value.get().cast(), size) }
            }
        }
    }

    /// Whether a reader gets in. When a writer waits, std leaves open who goes first; so does the schedule.
    fn can_read(&self) -> bool {
        !self.writing.get() && (self.writers_waiting.get() == 0 || engine::choose(2) == 0)
    }

    fn can_write(&self) -> bool {
        !self.writing.get() && self.readers.get() == 0
    }

    fn wait(&self, what: &'static str, op: &'static str, at: Loc) {
        let holder = Some(&raw const self.holder);
        engine::block(Waiting { holder, ..Waiting::on(what, op, self.address(), at) }, None);
    }

    fn read_guard(&self, at: Loc) -> LockResult<RwLockReadGuard<'_, T>> {
        self.readers.set(self.readers.get() + 1);
        self.holder.set(me());
        let guard = self.shared(at);
        self.known(guard)
    }

    /// What is in it, or that it is poisoned, for the trace and the caller.
    fn known<G: Deref<Target = T>>(&self, guard: G) -> LockResult<G> {
        if self.poisoned.get() {
            engine::outcome(|| "poisoned".to_owned());
            return Err(PoisonError::new(guard));
        }
        engine::outcome(|| told(&*guard));
        Ok(guard)
    }

    fn shared(&self, at: Loc) -> RwLockReadGuard<'_, T> {
        // SAFETY: a cell's pointer is not null.
        let value = unsafe { NonNull::new_unchecked(self.value.get()) };
        RwLockReadGuard { value, holder: &self.holder, readers: &self.readers, at }
    }

    fn write_guard(&self, at: Loc) -> LockResult<RwLockWriteGuard<'_, T>> {
        self.writing.set(true);
        self.holder.set(me());
        let guard =
            RwLockWriteGuard { lock: self, panicking: engine::panicking(), at, not_send: PhantomData };
        self.known(guard)
    }

    /// As the real one.
    ///
    /// # Errors
    /// If it is poisoned; the error has the guard.
    #[track_caller]
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        let at = Location::caller();
        engine::point("read", self.address(), at);
        self.freshen();
        while !self.can_read() {
            self.wait("a RwLock to read", "read", at);
        }
        self.read_guard(at)
    }

    /// As the real one.
    ///
    /// # Errors
    /// If it is held for writing, or poisoned.
    #[track_caller]
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        let at = Location::caller();
        engine::point("try_read", self.address(), at);
        self.freshen();
        if self.can_read() { Ok(self.read_guard(at)?) } else { Err(TryLockError::WouldBlock) }
    }

    /// As the real one.
    ///
    /// # Errors
    /// If it is poisoned; the error has the guard.
    #[track_caller]
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        let at = Location::caller();
        engine::point("write", self.address(), at);
        self.freshen();
        while !self.can_write() {
            self.writers_waiting.set(self.writers_waiting.get() + 1);
            self.wait("a RwLock to write", "write", at);
            self.writers_waiting.set(self.writers_waiting.get() - 1);
        }
        self.write_guard(at)
    }

    /// As the real one.
    ///
    /// # Errors
    /// If it is held, or poisoned.
    #[track_caller]
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        let at = Location::caller();
        engine::point("try_write", self.address(), at);
        self.freshen();
        if self.can_write() { Ok(self.write_guard(at)?) } else { Err(TryLockError::WouldBlock) }
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

impl<'a, T: ?Sized> RwLockWriteGuard<'a, T> {
    /// As the real one: goes on as a reader, with no writer in between.
    #[track_caller]
    pub fn downgrade(this: Self) -> RwLockReadGuard<'a, T> {
        let (lock, at) = (this.lock, Location::caller());
        engine::point("downgrade", lock.address(), at);
        ::std::mem::forget(this);
        lock.writing.set(false);
        lock.readers.set(1);
        engine::wake_all(lock.address());
        lock.shared(at)
    }
}

impl<T: ?Sized> Drop for RwLockReadGuard<'_, T> {
    fn drop(&mut self) {
        let address = (&raw const *self.holder) as usize;
        engine::point("unlock", address, self.at);
        self.readers.set(self.readers.get() - 1);
        if self.readers.get() == 0 {
            self.holder.set(NOBODY);
        }
        engine::wake_all(address);
    }
}

impl<T: ?Sized> Drop for RwLockWriteGuard<'_, T> {
    fn drop(&mut self) {
        engine::point("unlock", self.lock.address(), self.at);
        engine::outcome_if_new(|| told(&**self));
        if !self.panicking && engine::panicking() {
            self.lock.poisoned.set(true);
        }
        self.lock.writing.set(false);
        self.lock.holder.set(NOBODY);
        engine::wake_all(self.lock.address());
    }
}

impl<T: ?Sized> Deref for RwLockReadGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: the guard's thread holds the lock.
        unsafe { self.value.as_ref() }
    }
}

impl<T: ?Sized> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: as above.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the guard's thread holds the lock for writing.
        unsafe { &mut *self.lock.value.get() }
    }
}

macro_rules! reading {
    ($($Guard:ident)*) => {$(
        impl<T: ?Sized + fmt::Debug> fmt::Debug for $Guard<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt(f)
            }
        }
        impl<T: ?Sized + fmt::Display> fmt::Display for $Guard<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt(f)
            }
        }
    )*};
}

reading!(RwLockReadGuard RwLockWriteGuard);

impl<T: Default> Default for RwLock<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> From<T> for RwLock<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut d = f.debug_struct("RwLock");
        match self.try_read() {
            Ok(guard) => d.field("data", &&*guard),
            Err(TryLockError::Poisoned(error)) => d.field("data", &&**error.get_ref()),
            Err(TryLockError::WouldBlock) => d.field("data", &format_args!("<locked>")),
        };
        d.field("poisoned", &self.poisoned.get());
        d.finish_non_exhaustive()
    }
}
