//! Initialisation that happens once: `Once`, `OnceLock`, `LazyLock`.

mod lazy_lock;

pub use lazy_lock::LazyLock;

use ::std::cell::{Cell, UnsafeCell};
use ::std::fmt;
use ::std::mem::MaybeUninit;
use ::std::panic::{Location, RefUnwindSafe, UnwindSafe};

use engine::{Loc, Waiting};

use super::{NOBODY, me};
use crate::statics::{Age, Use};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    New,
    Running,
    Poisoned,
    Done,
}

/// As [`std::sync::Once`].
pub struct Once {
    runner: Cell<u32>,
    state: Cell<State>,
    age: Age,
}

// SAFETY: touched between scheduling points only (crate documentation).
unsafe impl Send for Once {}
// SAFETY: as above.
unsafe impl Sync for Once {}
impl UnwindSafe for Once {}
impl RefUnwindSafe for Once {}

/// As [`std::sync::ONCE_INIT`].
#[allow(clippy::declare_interior_mutable_const)]
pub const ONCE_INIT: Once = Once::new();

/// As [`std::sync::OnceState`].
pub struct OnceState {
    poisoned: bool,
    stays_poisoned: Cell<bool>,
}

impl OnceState {
    /// Whether an earlier initialisation panicked.
    pub fn is_poisoned(&self) -> bool {
        self.poisoned
    }
}

impl fmt::Debug for OnceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnceState").field("poisoned", &self.poisoned).finish()
    }
}

impl Once {
    /// As the real one, which has no `Default` either.
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Self { runner: Cell::new(NOBODY), state: Cell::new(State::New), age: Age::new() }
    }

    fn address(&self) -> usize {
        (&raw const self.runner) as usize
    }

    #[track_caller]
    fn freshen(&self) {
        if self.age.check() == Use::Stale {
            self.state.set(State::New);
            self.runner.set(NOBODY);
        }
    }

    fn wait_for_runner(&self, at: Loc) {
        let holder = Some(&raw const self.runner);
        let what = "a one-time initialisation that is";
        engine::block(Waiting { holder, ..Waiting::on(what, "call_once", self.address(), at) }, None);
    }

    fn call(&self, ignore_poison: bool, at: Loc, f: &mut dyn FnMut(&OnceState)) {
        engine::point("call_once", self.address(), at);
        self.freshen();
        loop {
            match self.state.get() {
                State::Done => return,
                State::Running => self.wait_for_runner(at),
                State::Poisoned if !ignore_poison => panic!("Once instance has previously been poisoned"),
                state => {
                    self.state.set(State::Running);
                    self.runner.set(me());
                    engine::initialising(true, at);
                    // Poisons it and lets the others go on if `f` panics.
                    let mut finish = Finish { once: self, to: State::Poisoned, at };
                    let once_state =
                        OnceState { poisoned: state == State::Poisoned, stays_poisoned: Cell::new(false) };
                    f(&once_state);
                    if !once_state.stays_poisoned.get() {
                        finish.to = State::Done;
                    }
                    return;
                }
            }
        }
    }

    /// As the real one.
    ///
    /// # Panics
    /// If `f` does, and if an earlier one did.
    #[track_caller]
    pub fn call_once<F: FnOnce()>(&self, f: F) {
        let mut f = Some(f);
        self.call(false, Location::caller(), &mut |_| f.take().expect("it is called once")());
    }

    /// As the real one.
    ///
    /// # Panics
    /// If `f` does.
    #[track_caller]
    pub fn call_once_force<F: FnOnce(&OnceState)>(&self, f: F) {
        let mut f = Some(f);
        self.call(true, Location::caller(), &mut |state| f.take().expect("it is called once")(state));
    }

    /// As the real one.
    #[track_caller]
    pub fn is_completed(&self) -> bool {
        engine::point("is_completed", self.address(), Location::caller());
        self.freshen();
        self.state.get() == State::Done
    }

    /// As the real one.
    ///
    /// # Panics
    /// If the initialisation panicked.
    #[track_caller]
    pub fn wait(&self) {
        self.wait_done(false, Location::caller());
    }

    /// As the real one.
    #[track_caller]
    pub fn wait_force(&self) {
        self.wait_done(true, Location::caller());
    }

    fn wait_done(&self, ignore_poison: bool, at: Loc) {
        engine::point("wait", self.address(), at);
        self.freshen();
        while self.state.get() != State::Done {
            assert!(
                ignore_poison || self.state.get() != State::Poisoned,
                "Once instance has previously been poisoned"
            );
            self.wait_for_runner(at);
        }
    }
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once").finish_non_exhaustive()
    }
}

struct Finish<'a> {
    once: &'a Once,
    to: State,
    at: Loc,
}

impl Drop for Finish<'_> {
    fn drop(&mut self) {
        engine::initialising(false, self.at);
        engine::point("initialised", self.once.address(), self.at);
        self.once.state.set(self.to);
        self.once.runner.set(NOBODY);
        engine::wake_all(self.once.address());
    }
}

/// As [`std::sync::OnceLock`].
pub struct OnceLock<T> {
    once: Once,
    value: UnsafeCell<MaybeUninit<T>>,
}

// SAFETY: the value is written once, before `once` says that it is there.
unsafe impl<T: Sync + Send> Sync for OnceLock<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Send for OnceLock<T> {}
impl<T: RefUnwindSafe + UnwindSafe> RefUnwindSafe for OnceLock<T> {}
impl<T: UnwindSafe> UnwindSafe for OnceLock<T> {}

impl<T> OnceLock<T> {
    /// As the real one.
    pub const fn new() -> Self {
        Self { once: Once::new(), value: UnsafeCell::new(MaybeUninit::uninit()) }
    }

    fn is_set(&self) -> bool {
        self.once.freshen();
        self.once.state.get() == State::Done
    }

    /// As the real one.
    #[track_caller]
    pub fn get(&self) -> Option<&T> {
        engine::point("get", self.once.address(), Location::caller());
        // SAFETY: it is set.
        self.is_set().then(|| unsafe { (*self.value.get()).assume_init_ref() })
    }

    /// As the real one.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        // SAFETY: it is set.
        self.is_set().then(|| unsafe { self.value.get_mut().assume_init_mut() })
    }

    /// As the real one.
    ///
    /// # Errors
    /// `value`, if there is one already.
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), T> {
        let mut value = Some(value);
        self.once.call(true, Location::caller(), &mut |_| {
            // SAFETY: nobody reads it before `once` is done.
            unsafe { (*self.value.get()).write(value.take().expect("it is called once")) };
        });
        value.map_or(Ok(()), Err)
    }

    /// As the real one.
    ///
    /// # Panics
    /// If `f` does.
    #[track_caller]
    pub fn get_or_init<F: FnOnce() -> T>(&self, f: F) -> &T {
        let mut f = Some(f);
        self.once.call(true, Location::caller(), &mut |_| {
            let value = f.take().expect("it is called once")();
            // SAFETY: as in `set`.
            unsafe { (*self.value.get()).write(value) };
        });
        // SAFETY: `call` came back, so it is set.
        unsafe { (*self.value.get()).assume_init_ref() }
    }

    /// As the real one.
    #[track_caller]
    pub fn wait(&self) -> &T {
        self.once.wait_done(true, Location::caller());
        // SAFETY: as above.
        unsafe { (*self.value.get()).assume_init_ref() }
    }

    /// As the real one.
    pub fn into_inner(mut self) -> Option<T> {
        self.take()
    }

    /// As the real one.
    pub fn take(&mut self) -> Option<T> {
        if !self.is_set() {
            return None;
        }
        self.once = Once::new();
        // SAFETY: it was set, and is not any more.
        Some(unsafe { self.value.get_mut().assume_init_read() })
    }
}

impl<T> Drop for OnceLock<T> {
    fn drop(&mut self) {
        drop(self.take());
    }
}

impl<T> Default for OnceLock<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: fmt::Debug> fmt::Debug for OnceLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut d = f.debug_tuple("OnceLock");
        match self.get() {
            Some(v) => d.field(v),
            None => d.field(&format_args!("<uninit>")),
        };
        d.finish()
    }
}

impl<T: Clone> Clone for OnceLock<T> {
    fn clone(&self) -> Self {
        self.get().cloned().map_or_else(Self::new, Self::from)
    }
}

impl<T> From<T> for OnceLock<T> {
    fn from(value: T) -> Self {
        let cell = Self::new();
        cell.once.freshen();
        cell.once.state.set(State::Done);
        // SAFETY: nobody else has it yet.
        unsafe { (*cell.value.get()).write(value) };
        cell
    }
}

impl<T: PartialEq> PartialEq for OnceLock<T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for OnceLock<T> {}
