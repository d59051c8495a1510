//! What the expansion of `#[test]` names, with the fields that it gives.

use std::process::{ExitCode, Termination};

/// As in libtest; the macro calls its variants by the names that are exported here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestName {
    /// The path of the function, without the crate.
    StaticTestName(&'static str),
}

pub use TestName::StaticTestName;

impl TestName {
    /// The path of the function, without the crate.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::StaticTestName(name) => name,
        }
    }
}

/// Where the test stands: beside the code, or in a folder of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestType {
    /// In the crate that it tests.
    UnitTest,
    /// In a crate of its own, under `tests/`.
    IntegrationTest,
    /// In a comment.
    DocTest,
    /// Elsewhere.
    Unknown,
}

/// What `#[should_panic]` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShouldPanic {
    /// There is no such attribute.
    No,
    /// It has to panic.
    Yes,
    /// It has to panic with a message that contains this.
    YesWithMessage(&'static str),
}

/// What the attributes of a test say, and where it is.
#[derive(Debug, Clone, Copy)]
pub struct TestDesc {
    /// Its name.
    pub name: TestName,
    /// `#[ignore]`.
    pub ignore: bool,
    /// `#[ignore = "…"]`.
    pub ignore_message: Option<&'static str>,
    /// As rustc was given it.
    pub source_file: &'static str,
    /// From 1.
    pub start_line: usize,
    /// From 1.
    pub start_col: usize,
    /// From 1.
    pub end_line: usize,
    /// From 1.
    pub end_col: usize,
    /// `#[should_panic]`.
    pub should_panic: ShouldPanic,
    /// Of documentation tests only.
    pub compile_fail: bool,
    /// Of documentation tests only.
    pub no_run: bool,
    /// Where it stands.
    pub test_type: TestType,
}

/// What the expansion makes of a function.
#[derive(Debug, Clone, Copy)]
pub enum TestFn {
    /// `#[test]`.
    StaticTestFn(fn() -> Result<(), String>),
    /// `#[bench]`, on nightly.
    StaticBenchFn(fn(&mut Bencher) -> Result<(), String>),
    /// `#[bench]` under `cargo test`, on nightly.
    StaticBenchAsTestFn(fn(&mut Bencher) -> Result<(), String>),
}

pub use TestFn::{StaticBenchAsTestFn, StaticBenchFn, StaticTestFn};

/// A test: its description and its function.
#[derive(Debug)]
pub struct TestDescAndFn {
    /// Its description.
    pub desc: TestDesc,
    /// Its function.
    pub testfn: TestFn,
}

/// Runs the body of a `#[bench]` once: in virtual time there is nothing to measure.
#[derive(Debug, Clone, Default)]
pub struct Bencher {
    /// What an iteration processes.
    pub bytes: u64,
}

impl Bencher {
    /// Calls `body` once.
    pub fn iter<T, F: FnMut() -> T>(&mut self, mut body: F) {
        std::hint::black_box(body());
    }
}

/// What a test returned, as libtest takes it: everything but success is a failure.
///
/// # Errors
/// What the test returned stands for a failure.
pub fn assert_test_result<T: Termination>(result: T) -> Result<(), String> {
    match result.report() {
        ExitCode::SUCCESS => Ok(()),
        _ => Err("the test returned an error".to_owned()),
    }
}
