//! Which crates' suites are run, at which version, and which of their files can't be.

use std::ffi::OsString;
use std::path::Path;

use anyhow::Result;
use simcargo::{Package, Target};

use crate::fetch::Sources;
use crate::trials::Build;

/// The unit tests of a library have this name in the table.
pub(crate) const UNIT_TESTS: &str = "src";

/// A crate whose suite is run.
pub(crate) struct Suite {
    pub(crate) name: &'static str,
    /// `None` for the version that learners get.
    pub(crate) version: Option<&'static str>,
    /// Whether its files are compiled with `--cfg miri`, by which some scale their stress tests down.
    miri: bool,
    /// Those of its files that Miri does not see at all, since it is slow and its clock is real; ours is virtual.
    without_miri: &'static [&'static str],
    /// Whether its tests get the stand-in for `rand`.
    rand: bool,
    /// Whether it has unit tests with threads.
    units: bool,
    /// The dev-dependencies that are kept; the others stay out, or they would have to build over simstd too.
    pub(crate) keeps: &'static [&'static str],
    features: &'static [&'static str],
    /// Files that can't run over simstd, and why.
    left_out: &'static [(&'static str, &'static str)],
}

const CROSSBEAM: Suite = Suite {
    name: "",
    version: None,
    miri: true,
    without_miri: &[],
    rand: true,
    units: false,
    keeps: &[],
    features: &[],
    left_out: &[],
};

/// Those of the system: a runtime starts threads, sockets and timers of its own.
const RUNTIME: &str = "needs an asynchronous runtime (async-std or tokio), which needs the real system";
const LOOM: &str = "is written for loom, which has atomics of its own";
const ALLOCATOR: &str =
    "counts allocations: its allocator's atomics would be scheduling points inside the scheduler";

const EMPTY: &str = "its authors have commented out all of its tests";

const FLUME: &[(&str, &str)] = &[
    ("async", RUNTIME),
    ("stream", RUNTIME),
    ("method_sharing", RUNTIME),
    ("golang", ALLOCATOR),
    ("after", EMPTY),
    ("never", EMPTY),
    ("ready", EMPTY),
    ("same_channel", EMPTY),
    ("select", EMPTY),
    ("select_macro", EMPTY),
    ("thread_locals", EMPTY),
    ("tick", EMPTY),
];

pub(crate) const SUITES: &[Suite] = &[
    Suite {
        name: "crossbeam-channel",
        without_miri: &["after", "tick", "thread_locals"],
        left_out: &[("golang", ALLOCATOR)],
        ..CROSSBEAM
    },
    Suite { name: "crossbeam-utils", keeps: &["rustversion"], ..CROSSBEAM },
    Suite { name: "crossbeam-queue", ..CROSSBEAM },
    Suite { name: "crossbeam-deque", ..CROSSBEAM },
    Suite {
        name: "rayon-core",
        keeps: &["scoped-tls"],
        left_out: &[("stack_overflow_crash", "starts itself again as another process")],
        ..CROSSBEAM
    },
    Suite {
        name: "rayon",
        left_out: &[
            ("str", "needs rand's distributions; its point is splitting text, not threads"),
            ("producer_split_at", "takes minutes, and starts no thread"),
            ("sort-panic-safe", "needs rand's distributions; its point is unwinding, not threads"),
            ("chars", "compares every character that exists; starts no thread of its own"),
            ("octillion", "searches ranges of 10^27 numbers: minutes in a debug build"),
            ("debug", "formats values; nothing concurrent"),
        ],
        ..CROSSBEAM
    },
    Suite {
        name: "kanal",
        version: Some("0.1.1"),
        keeps: &["crossbeam"],
        left_out: &[("async_test", RUNTIME)],
        ..CROSSBEAM
    },
    Suite {
        name: "async-channel",
        version: Some("2.5.0"),
        keeps: &["easy-parallel", "futures-lite"],
        ..CROSSBEAM
    },
    Suite {
        name: "concurrent-queue",
        version: Some("2.5.0"),
        keeps: &["easy-parallel", "fastrand"],
        left_out: &[("loom", LOOM)],
        ..CROSSBEAM
    },
    Suite {
        name: "flume",
        version: Some("0.12.0"),
        keeps: &["crossbeam-channel", "crossbeam-utils"],
        left_out: FLUME,
        ..CROSSBEAM
    },
    Suite { name: "threadpool", version: Some("1.8.1"), miri: false, units: true, ..CROSSBEAM },
    Suite { name: "retry", version: Some("2.2.0"), miri: false, rand: false, units: true, ..CROSSBEAM },
    Suite {
        name: "event-listener",
        version: Some("5.4.2"),
        units: true,
        keeps: &["futures-lite", "waker-fn", "try-lock"],
        left_out: &[("loom", LOOM)],
        ..CROSSBEAM
    },
    Suite {
        name: "oneshot",
        version: Some("0.2.1"),
        features: &["std", "async"],
        left_out: &[("async", RUNTIME), ("future", RUNTIME), ("loom", LOOM)],
        ..CROSSBEAM
    },
];

impl Suite {
    /// The names of its test programs, in order.
    pub(crate) fn files(&self, sources: &Sources) -> Result<Vec<String>> {
        let mut files = sources.tests(self.name)?;
        if self.units {
            files.insert(0, UNIT_TESTS.to_owned());
        }
        Ok(files)
    }

    /// How to build one of them, or why not.
    pub(crate) fn build(&self, file: &str, manifest: &Path, rand: &[OsString]) -> Build {
        if let Some((_, why)) = self.left_out.iter().find(|(name, _)| *name == file) {
            return Build::LeftOut(why);
        }
        let target = if file == UNIT_TESTS { Target::Lib } else { Target::Test(file.to_owned()) };
        let mut cargo = Vec::new();
        if !self.features.is_empty() {
            cargo.extend(["--features".to_owned(), self.features.join(",")]);
        }
        let mut rustc: Vec<OsString> = Vec::new();
        if self.miri && !self.without_miri.contains(&file) {
            rustc.extend(["--cfg".into(), "miri".into()]);
        }
        if self.rand {
            rustc.extend_from_slice(rand);
        }
        Build::Package(Package { manifest: manifest.to_owned(), target, cargo, rustc, within: None })
    }
}
