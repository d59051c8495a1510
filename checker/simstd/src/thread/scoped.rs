//! Scoped threads, which may borrow from the one that starts them.

use ::std::cell::Cell;
use ::std::fmt;
use ::std::io;
use ::std::marker::PhantomData;
use ::std::panic::{Location, RefUnwindSafe};

use engine::{Access, Loc, Waiting};

use super::{Builder, Result, Share, Thread};
use crate::shared::Shared;

/// As [`std::thread::Scope`].
pub struct Scope<'scope, 'env: 'scope> {
    data: Shared<ScopeData>,
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

pub(super) struct ScopeData {
    running: Cell<usize>,
    a_thread_panicked: Cell<bool>,
}

// SAFETY: touched between scheduling points only (crate documentation).
unsafe impl Send for ScopeData {}
// SAFETY: as above.
unsafe impl Sync for ScopeData {}
impl RefUnwindSafe for ScopeData {}

impl ScopeData {
    fn address(&self) -> usize {
        (&raw const self.running) as usize
    }

    /// A thread of the scope panicked, and nobody asked.
    pub(super) fn note_panic(&self) {
        self.a_thread_panicked.set(true);
    }

    /// A thread of the scope has run its function, and has let go of what it returned.
    pub(super) fn leave(&self) {
        engine::touch(self.address(), Access::Add);
        self.running.set(self.running.get() - 1);
        if self.running.get() == 0 {
            engine::wake_done(self.address());
        }
    }
}

/// As [`std::thread::scope`].
///
/// # Panics
/// If a thread of the scope panicked and was not joined by hand.
#[track_caller]
pub fn scope<'env, F, T>(f: F) -> T
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
{
    let at = Location::caller();
    let scope = Scope {
        data: Shared::new(ScopeData { running: Cell::new(0), a_thread_panicked: Cell::new(false) }),
        scope: PhantomData,
        env: PhantomData,
    };
    let outcome = engine::catching(|| f(&scope));
    let address = scope.data.address();
    let what = "the threads of its scope to finish";
    let waiting = Waiting::on(what, "scope ends", address, at);
    engine::wait_until(waiting, address, || scope.data.running.get() == 0);
    match outcome {
        Err(payload) => crate::panic::resume_unwind(payload),
        Ok(_) if scope.data.a_thread_panicked.get() => panic!("a scoped thread panicked"),
        Ok(value) => value,
    }
}

impl<'scope> Scope<'scope, '_> {
    /// Starts a thread in the scope.
    #[track_caller]
    pub fn spawn<F, T>(&'scope self, f: F) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        self.start(Builder::new(), f, Location::caller()).expect("failed to spawn thread")
    }

    pub(super) fn start<F, T>(
        &'scope self,
        builder: Builder,
        f: F,
        at: Loc,
    ) -> io::Result<ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        engine::touch(self.data.address(), Access::Add);
        self.data.running.set(self.data.running.get() + 1);
        // SAFETY: the scope does not end before the thread's function has.
        let started = unsafe { super::start(builder, f, Some(Shared::clone(&self.data)), at) };
        let (thread, packet) = started.inspect_err(|_| self.data.running.set(self.data.running.get() - 1))?;
        Ok(ScopedJoinHandle { thread, packet, scope: PhantomData })
    }
}

impl fmt::Debug for Scope<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope")
            .field("num_running_threads", &self.data.running.get())
            .field("a_thread_panicked", &self.data.a_thread_panicked.get())
            .finish_non_exhaustive()
    }
}

/// As [`std::thread::ScopedJoinHandle`].
pub struct ScopedJoinHandle<'scope, T> {
    thread: Thread,
    packet: Share<T>,
    scope: PhantomData<&'scope ()>,
}

// SAFETY: as for the real one, which is `Send` and `Sync` whatever `T` is.
unsafe impl<T> Send for ScopedJoinHandle<'_, T> {}
// SAFETY: as above.
unsafe impl<T> Sync for ScopedJoinHandle<'_, T> {}

impl<T> ScopedJoinHandle<'_, T> {
    /// The thread.
    pub fn thread(&self) -> &Thread {
        &self.thread
    }

    /// Waits for the thread to finish.
    ///
    /// # Errors
    /// The payload of its panic, if it panicked.
    #[track_caller]
    pub fn join(self) -> Result<T> {
        super::wait_for(&self.thread, Location::caller());
        self.packet.take()
    }

    /// Whether the thread has run its function to the end.
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        engine::yield_point("is_finished", Location::caller());
        self.packet.is_last()
    }
}

impl<T> fmt::Debug for ScopedJoinHandle<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedJoinHandle").finish_non_exhaustive()
    }
}
