//! A value that is made when it is first used.

use ::std::cell::{Cell, UnsafeCell};
use ::std::fmt;
use ::std::mem::ManuallyDrop;
use ::std::ops::{Deref, DerefMut};
use ::std::panic::{Location, RefUnwindSafe, UnwindSafe};

use super::{OnceLock, State};

/// As [`std::sync::LazyLock`].
pub struct LazyLock<T, F = fn() -> T> {
    cell: OnceLock<T>,
    init: UnsafeCell<ManuallyDrop<F>>,
    /// Whether `init` has been moved out.
    used: Cell<bool>,
}

// SAFETY: `init` is used once, by the thread that initialises; the rest as for `OnceLock`.
unsafe impl<T: Sync + Send, F: Send> Sync for LazyLock<T, F> {}
impl<T: RefUnwindSafe + UnwindSafe, F: UnwindSafe> RefUnwindSafe for LazyLock<T, F> {}
impl<T: UnwindSafe, F: UnwindSafe> UnwindSafe for LazyLock<T, F> {}

impl<T, F: FnOnce() -> T> LazyLock<T, F> {
    /// As the real one.
    pub const fn new(f: F) -> Self {
        Self { cell: OnceLock::new(), init: UnsafeCell::new(ManuallyDrop::new(f)), used: Cell::new(false) }
    }

    /// As the real one.
    ///
    /// # Panics
    /// If the initialisation does, or did.
    #[track_caller]
    pub fn force(this: &Self) -> &T {
        engine::touch(this.cell.once.address(), engine::Access::Look);
        this.cell.once.freshen();
        refuse(this.cell.once.state.get() == State::Poisoned);
        this.cell.once.call(true, Location::caller(), &mut |state| {
            // The thread that this one has waited for may have panicked, and has used up `init`.
            refuse(state.is_poisoned());
            // SAFETY: nobody has used it, and nobody reads the value before `once` is done.
            unsafe { (*this.cell.value.get()).write(this.take_init()()) };
        });
        // SAFETY: `call` came back, so it is set.
        unsafe { (*this.cell.value.get()).assume_init_ref() }
    }

    /// As the real one.
    ///
    /// # Panics
    /// If the initialisation does, or did.
    #[track_caller]
    pub fn force_mut(this: &mut Self) -> &mut T {
        if !this.cell.is_set() {
            refuse(this.cell.once.state.get() == State::Poisoned);
            // What it stays if the initialisation panics.
            this.cell.once.state.set(State::Poisoned);
            // SAFETY: nobody has used it.
            let value = unsafe { this.take_init() }();
            this.cell.value.get_mut().write(value);
            this.cell.once.state.set(State::Done);
        }
        // SAFETY: it is set.
        unsafe { this.cell.value.get_mut().assume_init_mut() }
    }

    /// The initialisation.
    ///
    /// # Safety
    /// Once in an execution. A `LazyLock` that outlives one is in a static, where `F` was made by a
    /// constant, so its bytes may be copied again.
    unsafe fn take_init(&self) -> F {
        self.used.set(true);
        // SAFETY: the caller's.
        ManuallyDrop::into_inner(unsafe { ::std::ptr::read(self.init.get()) })
    }
}

impl<T, F> LazyLock<T, F> {
    /// As the real one.
    #[track_caller]
    pub fn get(this: &Self) -> Option<&T> {
        this.cell.get()
    }

    /// As the real one.
    pub fn get_mut(this: &mut Self) -> Option<&mut T> {
        this.cell.get_mut()
    }
}

#[track_caller]
fn refuse(poisoned: bool) {
    assert!(!poisoned, "LazyLock instance has previously been poisoned");
}

impl<T, F> Drop for LazyLock<T, F> {
    fn drop(&mut self) {
        if !self.used.get() {
            // SAFETY: it has not been moved out.
            unsafe { ManuallyDrop::drop(self.init.get_mut()) };
        }
    }
}

impl<T, F: FnOnce() -> T> Deref for LazyLock<T, F> {
    type Target = T;
    #[track_caller]
    fn deref(&self) -> &T {
        Self::force(self)
    }
}

impl<T, F: FnOnce() -> T> DerefMut for LazyLock<T, F> {
    #[track_caller]
    fn deref_mut(&mut self) -> &mut T {
        Self::force_mut(self)
    }
}

impl<T: Default> Default for LazyLock<T> {
    fn default() -> Self {
        Self::new(T::default)
    }
}

impl<T: fmt::Debug, F> fmt::Debug for LazyLock<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut d = f.debug_tuple("LazyLock");
        match self.cell.get() {
            Some(v) => d.field(v),
            None => d.field(&format_args!("<uninit>")),
        };
        d.finish()
    }
}
