//! Thread-locals at the end of a thread: which destructors run, in which order, and what they can still use.

use std::cell::{Cell, RefCell};

use simstd::sync::Mutex;
use simstd::{thread, thread_local};

use crate::always;

#[test]
fn a_counter_can_be_used_from_a_destructor() {
    struct Guard;
    impl Drop for Guard {
        fn drop(&mut self) {
            DONE.set(DONE.get() + 1);
            SEEN.lock().unwrap().push(DONE.get());
        }
    }
    thread_local! {
        static DONE: Cell<u32> = const { Cell::new(0) };
        static GUARD: Guard = const { Guard };
    }
    static SEEN: Mutex<Vec<u32>> = Mutex::new(Vec::new());
    always(&|| {
        let thread = thread::spawn(|| {
            DONE.set(1);
            GUARD.with(|_| ());
        });
        thread.join().unwrap();
        assert_eq!(*SEEN.lock().unwrap(), [2]);
    });
}

#[test]
fn what_was_used_first_lives_longest() {
    struct User;
    impl Drop for User {
        fn drop(&mut self) {
            LOG.with_borrow_mut(|log| log.push("flushed"));
        }
    }
    thread_local! {
        static LOG: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
        static USER: User = const { User };
    }
    always(&|| {
        let thread = thread::spawn(|| {
            LOG.with_borrow_mut(|log| log.push("begun"));
            USER.with(|_| ());
        });
        thread.join().unwrap();
    });
}

static ORDER: Mutex<String> = Mutex::new(String::new());

struct Says(&'static str);

impl Drop for Says {
    fn drop(&mut self) {
        ORDER.lock().unwrap().push_str(self.0);
        if self.0 == "c" {
            // Made by a destructor: it goes next.
            LATE.with(|_| ());
        }
    }
}

thread_local! {
    static LATE: Says = const { Says("d") };
}

#[test]
fn destructors_run_backwards() {
    thread_local! {
        static A: Says = const { Says("a") };
        static B: Says = const { Says("b") };
        static C: Says = const { Says("c") };
    }
    always(&|| {
        let thread = thread::spawn(|| {
            A.with(|_| ());
            C.with(|_| ());
            B.with(|_| ());
        });
        thread.join().unwrap();
        assert_eq!(*ORDER.lock().unwrap(), "bcda");
    });
}
