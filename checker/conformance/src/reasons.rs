//! Why tests do not pass, for the page. A test that fails otherwise, or is not here, is not explained.

/// Tests that fail for one reason.
pub(crate) struct Reason {
    /// In a sentence or two.
    pub(crate) why: &'static str,
    /// Suite, test, and the word for how it ends.
    pub(crate) tests: &'static [(&'static str, &'static str, &'static str)],
}

pub(crate) const REASONS: &[Reason] = &[
    Reason {
        why: "Time moves only when no thread can run, and by a nanosecond when the clock is read. A loop that polls without \
              a sleep until another thread's sleep is over never ends here; in a learner's program the checker calls \
              that `busy-wait`, which it is:",
        tests: &[
            ("crossbeam-channel/select", "loop_try", "endless"),
            ("crossbeam-channel/select_macro", "loop_try", "endless"),
            ("crossbeam-channel/zero", "recv_in_send", "endless"),
            ("rayon/par_bridge_recursion", "par_bridge_recursion", "endless"),
        ],
    },
    Reason {
        why: "The test takes more steps than a schedule is given here: it sends a million messages, or makes four million \
              tasks:",
        tests: &[
            ("flume/basic", "send_bounded", "endless"),
            ("threadpool/src", "test::test_massive_task_creation", "endless"),
        ],
    },
    Reason {
        why: "A race in threadpool: a worker that panics lowers the count of active tasks first, and raises the count of \
              panics afterwards. `join` may return between the two:",
        tests: &[("threadpool/src", "test::test_recovery_from_subtask_panic", "panicked")],
    },
    Reason {
        why: "The test takes it for granted that the pool's threads have not yet, or have already, gone on when it looks. \
              A schedule may hold up either side:",
        tests: &[
            ("threadpool/src", "test::test_multi_join", "panicked"),
            ("threadpool/src", "test::test_shrink", "panicked"),
        ],
    },
    Reason {
        why: "The test asks for a statistical fairness that a schedule chosen to be unfair does not have:",
        tests: &[
            ("crossbeam-channel/zero", "fairness_duplicates", "panicked"),
            ("crossbeam-channel/ready", "fairness2", "panicked"),
        ],
    },
    Reason {
        why: "The test asks for a raw handle of the system, which a simulated thread does not have:",
        tests: &[("crossbeam-utils/thread", "as_pthread_t", "not-simulated")],
    },
    Reason {
        why: "After a wake-up without cause, which std allows, the test joins a thread that waits for the lock that the \
              test still holds. That is a deadlock of the test's own:",
        tests: &[("std/sync/condvar", "suite::poison_wait_timeout_wake", "deadlock")],
    },
];
