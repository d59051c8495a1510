//! Where a thread is that passes no scheduling point any more, or that has run off its stack: seen from the handler of a
//! signal, and told to another OS thread. On Unix; elsewhere nothing of it is known.
//!
//! # Why the `unsafe` here holds
//! A handler interrupts the thread anywhere, so it allocates nothing and takes no lock: it walks the stack and stores
//! addresses in atomics. It looks at the execution only where nobody else has it on loan. What the addresses mean is looked up
//! on the other OS thread.

use crate::stack::{Address, locate};

/// A thread that was interrupted.
#[derive(Debug)]
pub struct Interrupted {
    /// Its name; `None` if it could not be asked for.
    pub thread: Option<String>,
    /// Whether a fault at the end of its stack is why it stands there.
    pub has_overflowed: bool,
    stack: Vec<Address>,
}

impl Interrupted {
    /// The learner's innermost line, and the one that called the function in which it stands. `source` is as in
    /// [`Options`](crate::Options).
    pub fn place(&self, source: &str) -> Option<((String, u32), Option<u32>)> {
        locate(&self.stack, source).map(|located| (located.at, located.caller))
    }
}

#[cfg(not(unix))]
mod signals {
    pub(super) fn watch() {}

    pub(super) fn look() -> Option<super::Interrupted> {
        None
    }

    pub(super) fn fault() -> Option<super::Interrupted> {
        None
    }
}

#[cfg(unix)]
mod signals {
    use std::ffi::c_int;
    use std::mem::zeroed;
    use std::ptr;
    use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering::*};
    use std::time::Duration;

    use super::{Address, Interrupted};
    use crate::execution::with_if_free;
    use crate::task::{TaskId, unnamed};

    /// Enough to get through a library's frames to the learner's. The innermost of a recursion are as good as all.
    const DEPTH: usize = 128;
    /// Of a name, more bytes than these are not told.
    const NAME: usize = 64;
    /// A signal that nobody else uses, and that does nothing where it is not handled.
    const LOOK: c_int = libc::SIGURG;
    const FAULTS: [c_int; 2] = [libc::SIGSEGV, libc::SIGBUS];
    /// A fault so near to what a frame has of the stack is one of the stack.
    const NEAR: usize = 64 << 10;
    const HANDLERS_STACK: usize = 256 << 10;
    /// So long a thread that has faulted waits for its end.
    const PATIENCE: Duration = Duration::from_secs(3);
    /// So often it is looked whether the handler has run,
    const GLANCES: u32 = 50;
    /// with this between.
    const GLANCE: Duration = Duration::from_millis(1);

    static THREAD: AtomicU64 = AtomicU64::new(0);
    static ADDRESSES: [AtomicUsize; DEPTH] = [const { AtomicUsize::new(0) }; DEPTH];
    static ADDRESSES_LENGTH: AtomicUsize = AtomicUsize::new(0);
    static NAME_BYTES: [AtomicU8; NAME] = [const { AtomicU8::new(0) }; NAME];
    static NAME_LENGTH: AtomicUsize = AtomicUsize::new(0);
    static TASK: AtomicU32 = AtomicU32::new(UNKNOWN);
    const UNKNOWN: TaskId = TaskId::MAX;
    /// The handler has been where it was sent.
    static SEEN: AtomicBool = AtomicBool::new(false);
    static HAS_FAULTED: AtomicBool = AtomicBool::new(false);
    static IS_OVERFLOW: AtomicBool = AtomicBool::new(false);

    /// From here on the calling OS thread can be looked at, and its faults are seen.
    pub(super) fn watch() {
        // SAFETY: asks for a number, and hands over a stack that is never freed and handlers that keep to what is above.
        unsafe {
            THREAD.store(libc::pthread_self() as u64, Release);
            let stack: &'static mut [u8] = Box::leak(vec![0; HANDLERS_STACK].into_boxed_slice());
            let stack = libc::stack_t { ss_sp: stack.as_mut_ptr().cast(), ss_flags: 0, ss_size: stack.len() };
            if libc::sigaltstack(&stack, ptr::null_mut()) != 0 {
                return;
            }
            handle(LOOK, on_look);
            FAULTS.iter().for_each(|fault| handle(*fault, on_fault));
        }
    }

    type Handler = extern "C" fn(c_int, *mut libc::siginfo_t, *mut libc::c_void);

    unsafe fn handle(signal: c_int, handler: Handler) {
        // SAFETY: the structure may be all zeros, and the handler has the signature that the flags ask for.
        unsafe {
            let mut action: libc::sigaction = zeroed();
            action.sa_sigaction = handler as libc::sighandler_t;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_RESTART;
            libc::sigaction(signal, &action, ptr::null_mut());
        }
    }

    extern "C" fn on_look(_: c_int, _: *mut libc::siginfo_t, _: *mut libc::c_void) {
        take_down(0);
        SEEN.store(true, Release);
    }

    extern "C" fn on_fault(signal: c_int, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
        // SAFETY: the kernel hands over what belongs to the signal.
        let at = unsafe { (*info).si_addr() } as usize;
        IS_OVERFLOW.store(take_down(at), Release);
        HAS_FAULTED.store(true, Release);
        let glance = libc::timespec { tv_sec: 0, tv_nsec: 10_000_000 };
        for _ in 0..PATIENCE.as_millis() / 10 {
            // SAFETY: may be called in a handler, with a time that is there.
            unsafe { libc::nanosleep(&glance, ptr::null_mut()) };
        }
        // Nobody has told it: the fault happens again, and ends the process.
        // SAFETY: as above.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }

    /// Takes down where the thread is. Says whether one of its frames is near `at`.
    fn take_down(at: usize) -> bool {
        let (mut length, mut is_near) = (0, false);
        let mut see = |frame: &backtrace::Frame| {
            ADDRESSES[length].store(frame.ip() as usize, Relaxed);
            is_near |= (frame.sp() as usize).abs_diff(at) < NEAR;
            length += 1;
            length < DEPTH
        };
        // SAFETY: the lock that is gone around keeps those apart who look symbols up, which the walk does not.
        unsafe { backtrace::trace_unsynchronized(&mut see) };
        ADDRESSES_LENGTH.store(length, Release);
        let known = with_if_free(|ex| {
            let name = ex.tasks[ex.current as usize].name.as_deref().unwrap_or_default().as_bytes();
            let length = name.len().min(NAME);
            NAME_BYTES.iter().zip(name).for_each(|(kept, byte)| kept.store(*byte, Relaxed));
            (ex.current, length)
        });
        let (task, name_length) = known.unwrap_or((UNKNOWN, 0));
        NAME_LENGTH.store(name_length, Release);
        TASK.store(task, Release);
        is_near
    }

    /// Interrupts the thread that is watched, wherever it is, and looks.
    pub(super) fn look() -> Option<Interrupted> {
        SEEN.store(false, Release);
        let thread = Some(THREAD.load(Acquire)).filter(|thread| *thread != 0)?;
        // SAFETY: the thread is the process's first, which ends with the process.
        unsafe { libc::pthread_kill(thread as libc::pthread_t, LOOK) };
        for _ in 0..GLANCES {
            std::thread::sleep(GLANCE);
            if SEEN.load(Acquire) {
                return Some(taken_down());
            }
        }
        None
    }

    /// The thread that is watched, if it has come to a fault and waits for the end of the process.
    pub(super) fn fault() -> Option<Interrupted> {
        HAS_FAULTED
            .load(Acquire)
            .then(|| Interrupted { has_overflowed: IS_OVERFLOW.load(Acquire), ..taken_down() })
    }

    fn taken_down() -> Interrupted {
        let addresses = &ADDRESSES[..ADDRESSES_LENGTH.load(Acquire)];
        let bytes = &NAME_BYTES[..NAME_LENGTH.load(Acquire)];
        let bytes: Vec<u8> = bytes.iter().map(|byte| byte.load(Relaxed)).collect();
        let name = match TASK.load(Acquire) {
            UNKNOWN => None,
            task if bytes.is_empty() => Some(unnamed(task)),
            _ => Some(String::from_utf8_lossy(&bytes).into_owned()),
        };
        Interrupted {
            thread: name,
            has_overflowed: false,
            stack: addresses.iter().map(|address| Address(address.load(Relaxed))).collect(),
        }
    }
}

/// From here on the calling OS thread can be looked at, and its faults are seen. For the thread that will run executions.
pub fn watch_for_interruptions() {
    signals::watch();
}

/// Interrupts the OS thread that is watched and looks where it is; `None` if it can't be told.
pub fn interrupt() -> Option<Interrupted> {
    signals::look()
}

/// The OS thread that is watched, if it has come to a fault: it waits a little for the process to be ended.
pub fn faulted() -> Option<Interrupted> {
    signals::fault()
}
