//! Thread-locals, one value for each simulated thread.

use ::std::any::Any;
use ::std::cell::{Cell, RefCell};
use ::std::fmt;

use engine::local_slot::{self, Slot};

/// As [`std::thread::LocalKey`].
pub struct LocalKey<T: 'static> {
    init: fn() -> T,
}

impl<T: 'static> LocalKey<T> {
    #[doc(hidden)]
    pub const fn new(init: fn() -> T) -> Self {
        Self { init }
    }

    fn address(&'static self) -> usize {
        (&raw const *self) as usize
    }

    fn value(&'static self, first: Option<T>) -> Result<&'static T, AccessError> {
        let value: *const dyn Any = match local_slot::get(self.address()) {
            Slot::Alive(value) => value,
            Slot::Destroyed => return Err(AccessError(())),
            Slot::Absent => {
                let value = first.unwrap_or_else(self.init);
                drop(local_slot::set(self.address(), value));
                let Slot::Alive(value) = local_slot::get(self.address()) else { return Err(AccessError(())) };
                value
            }
        };
        // SAFETY: the box stays where it is until the thread's destructors run, and the reference given
        // to the caller's closure does not outlive that: the closure runs in the thread itself. The
        // slot's key is this key's address, so the type is `T`.
        Ok(unsafe { &*value.cast::<T>() })
    }

    /// As the real one.
    ///
    /// # Panics
    /// If the value's destructor has run or runs.
    #[track_caller]
    pub fn with<F, R>(&'static self, f: F) -> R
    where
        F: FnOnce(&T) -> R,
    {
        match self.try_with(f) {
            Ok(r) => r,
            Err(error) => {
                panic!("cannot access a Thread Local Storage value during or after destruction: {error:?}")
            }
        }
    }

    /// As the real one.
    ///
    /// # Errors
    /// If the value's destructor has run or runs.
    pub fn try_with<F, R>(&'static self, f: F) -> Result<R, AccessError>
    where
        F: FnOnce(&T) -> R,
    {
        self.value(None).map(f)
    }

    /// Sets the value without running its initialisation if it has none yet.
    fn replace_or_init(&'static self, value: T, replace: impl FnOnce(&T, T)) {
        match local_slot::get(self.address()) {
            Slot::Absent => {
                let _ = self.value(Some(value));
            }
            _ => self.with(|slot| replace(slot, value)),
        }
    }
}

impl<T: 'static> LocalKey<Cell<T>> {
    /// As the real one.
    pub fn set(&'static self, value: T) {
        self.replace_or_init(Cell::new(value), |slot, new| slot.set(new.into_inner()));
    }

    /// As the real one.
    pub fn get(&'static self) -> T
    where
        T: Copy,
    {
        self.with(Cell::get)
    }

    /// As the real one.
    pub fn take(&'static self) -> T
    where
        T: Default,
    {
        self.with(Cell::take)
    }

    /// As the real one.
    pub fn replace(&'static self, value: T) -> T {
        self.with(|cell| cell.replace(value))
    }
}

impl<T: 'static> LocalKey<RefCell<T>> {
    /// As the real one.
    pub fn with_borrow<F, R>(&'static self, f: F) -> R
    where
        F: FnOnce(&T) -> R,
    {
        self.with(|cell| f(&cell.borrow()))
    }

    /// As the real one.
    pub fn with_borrow_mut<F, R>(&'static self, f: F) -> R
    where
        F: FnOnce(&mut T) -> R,
    {
        self.with(|cell| f(&mut cell.borrow_mut()))
    }

    /// As the real one.
    pub fn set(&'static self, value: T) {
        self.replace_or_init(RefCell::new(value), |slot, new| *slot.borrow_mut() = new.into_inner());
    }

    /// As the real one.
    pub fn take(&'static self) -> T
    where
        T: Default,
    {
        self.with(RefCell::take)
    }

    /// As the real one.
    pub fn replace(&'static self, value: T) -> T {
        self.with(|cell| cell.replace(value))
    }
}

impl<T: 'static> fmt::Debug for LocalKey<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalKey").finish_non_exhaustive()
    }
}

/// As [`std::thread::AccessError`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AccessError(());

impl fmt::Debug for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessError").finish()
    }
}

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("already destroyed")
    }
}

impl ::std::error::Error for AccessError {}
