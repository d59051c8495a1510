//! What we have found out about that which did not pass: a bug, a test that rests on sleeping, or a limit of ours.

/// For a crate and a part of a test's name, or nothing for the crate as a whole.
pub(crate) const REASONS: &[(&str, &str, &str)] = &[
    (
        "threadpool",
        "test_massive_task_creation",
        "A limit of ours: it makes four million tasks, and a schedule of that takes more than the 30 s that it has here.",
    ),
    (
        "threadpool",
        "test_multi_join",
        "A test that rests on timing: it takes for granted that one thread has not gone further yet when another one looks.",
    ),
    (
        "threadpool",
        "test_recovery_from_subtask_panic",
        "A race in threadpool: a worker that panics lowers the count of active tasks first, and raises the count of panics afterwards. `join` may return between the two.",
    ),
    (
        "threadpool",
        "test_shrink",
        "A test that rests on sleeping: it takes for granted that the pool's threads have gone on when it looks.",
    ),
    ("bus", "", "A limit of ours: the library itself parks its threads with parking_lot_core."),
    (
        "crossbeam-channel",
        "",
        "A limit of ours: its tests send up to a hundred thousand messages each, and ten schedules of all of them took more than the time that a crate has here.",
    ),
    (
        "portable-atomic",
        "",
        "Not as published: its tests need the crate `test_helper`, which is not on crates.io. They compile over no std.",
    ),
    (
        "pest_meta",
        "",
        "Not as published: its tests read files that are not in the package. They compile over no std.",
    ),
];
