//! Why tests did not pass: a bug, a test that depends on sleeping, a limit of ours, or a limit of the package.

/// For a crate and a part of a test's name, or nothing for the crate as a whole.
pub(crate) const REASONS: &[(&str, &str, &str)] = &[
    (
        "threadpool",
        "test_massive_task_creation",
        "A limit of ours: the test makes four million tasks, and one schedule takes longer than the limit.",
    ),
    (
        "threadpool",
        "test_multi_join",
        "A test that depends on timing: it assumes that one thread has not continued yet when another thread looks.",
    ),
    (
        "threadpool",
        "test_recovery_from_subtask_panic",
        "A race in threadpool: a worker that panics first lowers the count of active tasks, and then raises the count of panics. `join` may return in between.",
    ),
    (
        "threadpool",
        "test_shrink",
        "A test that depends on sleeping: it assumes that the pool's threads have continued when it looks.",
    ),
    ("bus", "", "A limit of ours: the library itself parks its threads with parking_lot_core."),
    (
        "crossbeam-channel",
        "",
        "A limit of ours: its tests send up to a hundred thousand messages each, and ten schedules of all tests took longer than the time limit for a crate.",
    ),
    (
        "portable-atomic",
        "",
        "A limit of the package: its tests need the crate `test_helper`, which is not on crates.io. They do not compile over the real std either.",
    ),
    (
        "pest_meta",
        "",
        "A limit of the package: its tests read files that are not in the package. They do not compile over the real std either.",
    ),
];
