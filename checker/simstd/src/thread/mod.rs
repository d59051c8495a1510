//! Simulated threads: spawning, joining, scopes, parking and sleeping.

mod local;
mod scoped;

pub use ::std::thread::Result;
pub use local::{AccessError, LocalKey};
pub use scoped::{Scope, ScopedJoinHandle, scope};

use ::std::any::Any;
use ::std::cell::{Cell, UnsafeCell};
use ::std::fmt;
use ::std::io;
use ::std::num::{NonZero, NonZeroU64};
use ::std::panic::{Location, RefUnwindSafe, UnwindSafe};
use ::std::rc::Rc;
use ::std::time::Duration;

use engine::{Access, Loc, TaskId, Waiting};

use crate::shared::Shared;

/// One park in this many ends without an unpark, when the schedule so chooses: std's documentation allows it.
const PARKS_BY_ITSELF: usize = 8;

/// The number of processors that every simulated machine has.
const PROCESSORS: usize = 4;

/// As [`std::thread::ThreadId`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ThreadId(NonZeroU64);

impl fmt::Debug for ThreadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ThreadId({})", self.0)
    }
}

/// As [`std::thread::Thread`].
#[derive(Clone)]
pub struct Thread(Shared<ThreadInner>);

struct ThreadInner {
    task: TaskId,
    name: Option<String>,
    token: Cell<bool>,
}

// SAFETY: the token is touched between scheduling points only (crate documentation).
unsafe impl Send for ThreadInner {}
// SAFETY: as above.
unsafe impl Sync for ThreadInner {}

impl UnwindSafe for Thread {}
impl RefUnwindSafe for Thread {}

impl Thread {
    fn new(task: TaskId, name: Option<String>) -> Self {
        Self(Shared::new(ThreadInner { task, name, token: Cell::new(false) }))
    }

    /// The thread's identifier.
    pub fn id(&self) -> ThreadId {
        ThreadId(NonZeroU64::MIN.saturating_add(u64::from(self.0.task)))
    }

    /// The thread's name, if it was given one.
    pub fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// As [`std::thread::Thread::unpark`].
    #[track_caller]
    pub fn unpark(&self) {
        engine::point("unpark", self.token(), Location::caller());
        self.0.token.set(true);
        engine::wake_task(self.0.task, self.token());
    }

    fn token(&self) -> usize {
        (&raw const self.0.token) as usize
    }
}

impl fmt::Debug for Thread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Thread").field("id", &self.id()).field("name", &self.name()).finish_non_exhaustive()
    }
}

/// The running thread.
pub fn current() -> Thread {
    let handle = engine::local_slot::handle(|| {
        let task = engine::current();
        Rc::new(Thread::new(task, (task == 0).then(|| "main".to_owned())))
    });
    handle.downcast_ref::<Thread>().expect("a task's handle is a thread").clone()
}

/// What a thread leaves for the one that joins it. If nobody has taken its panic when the last of the two lets go of
/// it, the scope that the thread belongs to is told.
struct Packet<T> {
    result: UnsafeCell<Option<Result<T>>>,
    scope: Option<Shared<scoped::ScopeData>>,
}

/// The handle's share of the packet of a task.
struct Share<T>(Shared<Packet<T>>, TaskId);

impl<T> Share<T> {
    fn touch(&self, access: Access) {
        engine::touch(engine::result_of(self.1), access);
    }

    /// Whether the thread has let go of the packet.
    fn is_last(&self) -> bool {
        self.touch(Access::Look);
        self.0.is_last()
    }

    fn take(&self) -> Result<T> {
        // SAFETY: the thread has finished, and each handle is joined once.
        unsafe { (*self.0.result.get()).take().expect("a finished thread has left its result") }
    }
}

impl<T> Drop for Share<T> {
    fn drop(&mut self) {
        // The last of the two to let go drops the result. Where that does nothing, who it is makes no difference.
        if ::std::mem::needs_drop::<T>() {
            self.touch(Access::Change);
        }
    }
}

impl<T> Drop for Packet<T> {
    fn drop(&mut self) {
        if let (Some(Err(_)), Some(scope)) = (self.result.get_mut(), &self.scope) {
            scope.note_panic();
        }
        self.result.get_mut().take();
    }
}

// SAFETY: it is written by the thread before it finishes, and taken by the one that has waited for that.
unsafe impl<T: Send> Send for Packet<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Packet<T> {}

/// As [`std::thread::Builder`].
#[derive(Debug, Default)]
#[must_use = "must eventually spawn the thread"]
pub struct Builder {
    name: Option<String>,
    stack_size: Option<usize>,
}

impl Builder {
    /// A thread with no name and the usual stack.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the thread.
    pub fn name(mut self, name: String) -> Self {
        self.name = Some(name);
        self
    }

    /// Sets the size of the stack, in bytes. It is never smaller than the usual one here.
    pub fn stack_size(mut self, size: usize) -> Self {
        self.stack_size = Some(size);
        self
    }

    /// Starts the thread.
    ///
    /// # Errors
    /// If the system has no room for its stack.
    ///
    /// # Panics
    /// If the name has a NUL byte in it.
    #[track_caller]
    pub fn spawn<F, T>(self, f: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        // SAFETY: what `f` borrows lives for ever.
        unsafe { self.spawn_unchecked(f) }
    }

    /// Starts the thread, whatever it borrows.
    ///
    /// # Safety
    /// As for [`std::thread::Builder::spawn_unchecked`].
    ///
    /// # Errors
    /// If the system has no room for its stack.
    #[track_caller]
    pub unsafe fn spawn_unchecked<F, T>(self, f: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send,
        T: Send,
    {
        let at = Location::caller();
        // SAFETY: the caller's.
        let (thread, packet) = unsafe { start(self, f, None, at)? };
        Ok(JoinHandle { thread, packet })
    }

    /// Starts the thread in a scope.
    ///
    /// # Errors
    /// If the system has no room for its stack.
    #[track_caller]
    pub fn spawn_scoped<'scope, 'env, F, T>(
        self,
        scope: &'scope Scope<'scope, 'env>,
        f: F,
    ) -> io::Result<ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        scope.start(self, f, Location::caller())
    }
}

/// Starts a thread that runs `f` and leaves what it returns, or the panic it was ended by.
///
/// # Safety
/// What `f` borrows must outlive the thread.
///
/// # Errors
/// If the system has no room for its stack.
unsafe fn start<'a, F, T>(
    builder: Builder,
    f: F,
    scope: Option<Shared<scoped::ScopeData>>,
    at: Loc,
) -> io::Result<(Thread, Share<T>)>
where
    F: FnOnce() -> T + Send + 'a,
    T: Send + 'a,
{
    if let Some(name) = &builder.name {
        let _ =
            ::std::ffi::CString::new(name.as_str()).expect("thread name may not contain interior null bytes");
    }
    let packet = Shared::new(Packet { result: UnsafeCell::new(None), scope });
    let theirs = Shared::clone(&packet);
    let body = move || {
        let outcome = engine::catching(f);
        // What others see of its end comes later than the last thing that it did.
        engine::silent_point();
        // SAFETY: nobody reads it before this thread has finished, or its scope has seen it leave.
        unsafe { *theirs.result.get() = Some(outcome) };
        engine::touch(engine::result_of(engine::current()), Access::Change);
        // When the handle is gone, nobody can ask for the result: it is dropped here, as in std.
        // std ends the process when that, or a thread-local's destructor, panics.
        let scope = theirs.scope.clone();
        if engine::catching(|| drop(theirs)).is_err() {
            crate::ends::abort_at("the destructor of a thread's result panicked", at);
        }
        if let Some(scope) = scope {
            scope.leave();
        }
        if engine::catching(engine::local_slot::run_destructors).is_err() {
            crate::ends::abort_at("the destructor of a thread-local panicked", at);
        }
    };
    let name = builder.name.clone();
    let mut thread = None;
    // SAFETY: the caller's.
    let task = unsafe {
        engine::spawn(
            Box::new(body),
            builder.stack_size.unwrap_or(0),
            builder.name,
            &mut |task| {
                let handle = Thread::new(task, name.clone());
                thread = Some(handle.clone());
                Rc::new(handle) as Rc<dyn Any>
            },
            at,
        )?
    };
    // The spawn is an event already: it comes before those of the new thread, which may go first from here on.
    engine::silent_point();
    Ok((thread.expect("spawning makes the handle"), Share(packet, task)))
}

/// Waits until `thread` has finished.
fn wait_for(thread: &Thread, at: Loc) {
    let task = thread.0.task;
    let what = "a thread to finish";
    let waiting = Waiting { task: Some(task), ..Waiting::on(what, "join", 0, at) };
    engine::wait_until(waiting, 0, || engine::finished(task));
}

/// As [`std::thread::JoinHandle`].
pub struct JoinHandle<T> {
    thread: Thread,
    packet: Share<T>,
}

// SAFETY: as for the real one, which is `Send` and `Sync` whatever `T` is.
unsafe impl<T> Send for JoinHandle<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for JoinHandle<T> {}

impl<T> JoinHandle<T> {
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
        wait_for(&self.thread, Location::caller());
        self.packet.take()
    }

    /// Whether the thread has run its function to the end.
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        engine::yield_point("is_finished", Location::caller());
        self.packet.is_last()
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").finish_non_exhaustive()
    }
}

/// As [`std::thread::spawn`].
#[track_caller]
pub fn spawn<F, T>(f: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    Builder::new().spawn(f).expect("failed to spawn thread")
}

/// As [`std::thread::sleep`], in virtual time.
#[track_caller]
pub fn sleep(duration: Duration) {
    let at = Location::caller();
    match crate::time::deadline(duration) {
        Some(deadline) => engine::sleep_until(deadline, "sleep", at),
        None => {
            let waiting = Waiting::on("time to pass", "sleep", 0, at);
            engine::block(waiting, None);
        }
    }
}

/// As [`std::thread::sleep_ms`], in virtual time.
#[deprecated(since = "1.6.0", note = "replaced by `std::thread::sleep`")]
#[track_caller]
pub fn sleep_ms(ms: u32) {
    sleep(Duration::from_millis(u64::from(ms)));
}

/// As [`std::thread::yield_now`].
#[track_caller]
pub fn yield_now() {
    engine::yield_point("yield", Location::caller());
}

/// As [`std::thread::panicking`].
pub fn panicking() -> bool {
    engine::panicking()
}

/// As [`std::thread::park`].
#[track_caller]
pub fn park() {
    park_until(None, Location::caller());
}

/// As [`std::thread::park_timeout`], in virtual time.
#[track_caller]
pub fn park_timeout(duration: Duration) {
    park_until(crate::time::deadline(duration), Location::caller());
}

/// As [`std::thread::park_timeout_ms`], in virtual time.
#[deprecated(since = "1.6.0", note = "replaced by `std::thread::park_timeout`")]
#[track_caller]
pub fn park_timeout_ms(ms: u32) {
    park_timeout(Duration::from_millis(u64::from(ms)));
}

fn park_until(deadline: Option<u64>, at: Loc) {
    let thread = current();
    engine::point("park", thread.token(), at);
    if !thread.0.token.replace(false) {
        let address = thread.token();
        let waiting = Waiting::on("somebody to unpark it", "park", address, at);
        engine::block_or_end(PARKS_BY_ITSELF, waiting, deadline);
        thread.0.token.set(false);
    }
}

/// As [`std::thread::available_parallelism`]; every simulated machine has four processors.
///
/// # Errors
/// Never, here.
pub fn available_parallelism() -> io::Result<NonZero<usize>> {
    Ok(NonZero::new(PROCESSORS).expect("it is not zero"))
}
