//! Why tests do not pass, for the page. A test that is not in this list, or fails in another way, has no reason.

/// Tests that fail for one reason.
pub(crate) struct Reason {
    /// In a sentence or two.
    pub(crate) why: &'static str,
    /// Suite, test, and the word for how it ends.
    pub(crate) tests: &'static [(&'static str, &'static str, &'static str)],
}

pub(crate) const REASONS: &[Reason] = &[
    Reason {
        why: "Time moves when no thread can run, and by one nanosecond when a thread reads the clock. So a \
              loop never ends here if it polls without a sleep until another thread's sleep is over. In a \
              learner's program, the checker calls that `busy-wait`:",
        tests: &[
            ("crossbeam-channel/select", "loop_try", "endless"),
            ("crossbeam-channel/select_macro", "loop_try", "endless"),
            ("crossbeam-channel/zero", "recv_in_send", "endless"),
            ("rayon/par_bridge_recursion", "par_bridge_recursion", "endless"),
        ],
    },
    Reason {
        why: "The test takes more steps than a schedule may take: it sends a million messages, or makes four \
              million tasks:",
        tests: &[
            ("flume/basic", "send_bounded", "endless"),
            ("threadpool/src", "test::test_massive_task_creation", "endless"),
        ],
    },
    Reason {
        why: "A race in threadpool: a worker that panics first lowers the count of active tasks, and then \
              raises the count of panics. `join` may return in between:",
        tests: &[("threadpool/src", "test::test_recovery_from_subtask_panic", "panicked")],
    },
    Reason {
        why: "The test assumes how far the pool's threads are when it looks. A schedule may hold up either \
              side:",
        tests: &[
            ("threadpool/src", "test::test_multi_join", "panicked"),
            ("threadpool/src", "test::test_shrink", "panicked"),
        ],
    },
    Reason {
        why: "The test expects statistical fairness, but some schedules are unfair on purpose:",
        tests: &[
            ("crossbeam-channel/zero", "fairness_duplicates", "panicked"),
            ("crossbeam-channel/ready", "fairness2", "panicked"),
        ],
    },
    Reason {
        why: "The test asks for a raw thread handle, which a simulated thread does not have:",
        tests: &[("crossbeam-utils/thread", "as_pthread_t", "not-simulated")],
    },
    Reason {
        why: "After a spurious wake-up, which std allows, the test joins a thread while it holds the lock that \
              this thread waits for. That is a deadlock in the test itself:",
        tests: &[("std/sync/condvar", "suite::poison_wait_timeout_wake", "deadlock")],
    },
];
