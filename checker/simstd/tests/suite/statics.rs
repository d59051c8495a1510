//! What a schedule leaves in a `static` does not reach the next.

use std::cell::UnsafeCell;
use std::ptr;
use std::sync::atomic as real;

use engine::Ending;
use simstd::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use simstd::sync::{LazyLock, Mutex, Once, OnceLock, RwLock};
use simstd::{hint, thread};

use crate::{always, run};

static COUNTER: AtomicUsize = AtomicUsize::new(7);
static FLAG: AtomicBool = AtomicBool::new(false);
static LIST: Mutex<Vec<u32>> = Mutex::new(Vec::new());
static NAME: RwLock<String> = RwLock::new(String::new());
static CELL: OnceLock<String> = OnceLock::new();
static LAZY: LazyLock<Mutex<Vec<u32>>> = LazyLock::new(|| Mutex::new(vec![1]));
static ONCE: Once = Once::new();

#[test]
fn every_static_starts_afresh_in_every_schedule() {
    always(&|| {
        assert_eq!(COUNTER.fetch_add(1, SeqCst), 7);
        assert!(!FLAG.swap(true, SeqCst));
        assert!(LIST.lock().unwrap().is_empty());
        assert!(NAME.read().unwrap().is_empty());
        assert!(CELL.get().is_none() && !ONCE.is_completed());
        thread::scope(|scope| {
            scope.spawn(|| LIST.lock().unwrap().push(1));
            scope.spawn(|| NAME.write().unwrap().push_str("a long enough name to be on the heap"));
            scope.spawn(|| CELL.get_or_init(|| "value".repeat(10)).len());
        });
        ONCE.call_once(|| ());
        LAZY.lock().unwrap().push(2);
        assert_eq!(*LAZY.lock().unwrap(), [1, 2]);
        assert_eq!((LIST.lock().unwrap().len(), CELL.get().map(String::len)), (1, Some(50)));
    });
}

static HELD: Mutex<Vec<u32>> = Mutex::new(Vec::new());

#[test]
fn a_lock_that_a_dead_schedule_held_is_free_in_the_next() {
    for _ in 0..3 {
        let run = run(1, &|| {
            let mut held = HELD.lock().unwrap();
            held.push(1);
            loop {
                thread::park();
                held.push(1);
            }
        });
        assert!(matches!(run.ending, engine::Ending::Deadlock));
    }
    always(&|| assert!(HELD.lock().unwrap().is_empty()));
}

static POISONED: Mutex<u32> = Mutex::new(0);
static POISONED_TOO: RwLock<u32> = RwLock::new(0);

#[test]
fn a_lock_that_a_schedule_poisoned_is_none_in_the_next() {
    always(&|| {
        assert!(!POISONED.is_poisoned() && !POISONED_TOO.is_poisoned());
        let panics = |lock: fn()| assert!(thread::spawn(lock).join().is_err());
        panics(|| {
            let _guard = POISONED.lock();
            panic!("poisons it");
        });
        panics(|| {
            let _guard = POISONED_TOO.write();
            panic!("poisons it");
        });
        assert!(POISONED.is_poisoned() && POISONED_TOO.is_poisoned());
    });
}

static CLEARED: Mutex<u32> = Mutex::new(0);
static CLEARED_TOO: RwLock<u32> = RwLock::new(0);

#[test]
fn to_clear_a_poison_that_is_gone_does_not_bring_it_back() {
    always(&|| {
        CLEARED.clear_poison();
        CLEARED_TOO.clear_poison();
        assert!(!CLEARED.is_poisoned() && *CLEARED.lock().unwrap() == 0);
        assert!(!CLEARED_TOO.is_poisoned() && *CLEARED_TOO.read().unwrap() == 0);
        *CLEARED.lock().unwrap() = 1;
        *CLEARED_TOO.write().unwrap() = 1;
    });
}

struct SpinLock {
    taken: AtomicBool,
    value: UnsafeCell<u32>,
}

// SAFETY: whoever has set `taken` is alone with the value.
unsafe impl Sync for SpinLock {}

static SPUN: SpinLock = SpinLock { taken: AtomicBool::new(false), value: UnsafeCell::new(0) };

fn with_spun(f: impl Fn(&mut u32)) {
    while SPUN.taken.swap(true, SeqCst) {
        hint::spin_loop();
    }
    // SAFETY: as above.
    f(unsafe { &mut *SPUN.value.get() });
    SPUN.taken.store(false, SeqCst);
}

/// Its flag is ours, and its value is not: both start afresh.
#[test]
fn a_lock_of_ones_own_in_a_static_is_made_afresh_as_a_whole() {
    always(&|| {
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| with_spun(|n| *n += 1));
            }
        });
        with_spun(|n| assert_eq!(*n, 2));
    });
}

/// What makes the value of a [`Lazy`].
type Init = fn() -> Vec<u32>;

/// As once_cell's `Lazy`: the state is an atomic, the value and the initialisation are cells.
struct Lazy {
    state: AtomicUsize,
    init: UnsafeCell<Option<Init>>,
    value: UnsafeCell<Option<Vec<u32>>>,
}

// SAFETY: used by one thread below.
unsafe impl Sync for Lazy {}

static OF_ANOTHER_CRATE: Lazy = Lazy {
    state: AtomicUsize::new(0),
    init: UnsafeCell::new(Some(|| vec![1, 2, 3])),
    value: UnsafeCell::new(None),
};

#[test]
fn a_lazy_value_of_another_crate_is_made_anew() {
    always(&|| {
        assert_eq!(OF_ANOTHER_CRATE.state.swap(1, SeqCst), 0);
        // SAFETY: nobody else uses it.
        let (init, value) =
            unsafe { (&mut *OF_ANOTHER_CRATE.init.get(), &mut *OF_ANOTHER_CRATE.value.get()) };
        assert!(value.is_none());
        *value = init.take().map(|init| init());
        assert_eq!(value.as_deref(), Some(&[1, 2, 3][..]));
    });
}

/// In the place of a static of crossbeam's, whose atomics are laid out as the real ones.
static KEEPS: real::AtomicPtr<Mutex<Vec<u32>>> = real::AtomicPtr::new(ptr::null_mut());

#[test]
fn what_a_static_of_a_library_has_kept_is_refused_and_never_given_memory_that_was_freed() {
    let program = || {
        if KEEPS.load(SeqCst).is_null() {
            KEEPS.store(Box::leak(Box::new(Mutex::new(vec![1, 2, 3]))), SeqCst);
        }
        // SAFETY: it was leaked.
        let kept = unsafe { &*KEEPS.load(SeqCst) };
        let mut list = kept.lock().unwrap();
        assert!(list.starts_with(&[1, 2, 3]));
        // It moves, and what its first bytes point to is freed.
        list.extend(0..1_000);
    };
    assert!(matches!(run(1, &program).ending, Ending::Completed));
    match run(2, &program).ending {
        Ending::Forbidden(what, at) => {
            assert_eq!(what, "uses what a `static` of a library has kept from another schedule");
            assert!(at.file().ends_with("statics.rs"));
        }
        other => panic!("{other:?}"),
    }
}
