//! What a schedule leaves in a `static` does not reach the next.

use simstd::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use simstd::sync::{LazyLock, Mutex, Once, OnceLock, RwLock};
use simstd::thread;

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
