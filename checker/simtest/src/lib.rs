//! Stands in for the crate `test`, so that the `#[test]`s of an unchanged crate run in simulated executions.
//!
//! `#[test]` expands to code that names the crate `test`. rustc takes a crate handed over as
//! `--extern test=libsimtest.rlib` for it, on stable, as it takes `simstd` for `std`. What the expansion names
//! is defined in [`contract`], and nothing else. It is undocumented and may change with each rustc: the test
//! `canary` says so in plain words when it does.
//!
//! The arguments of a test program are those of `cargo test`, and a few more: see [`Arguments`].

mod account;
mod arguments;
mod contract;
mod explore;
#[cfg(feature = "heap")]
mod heap;
mod json;
mod place;
mod report;
mod trial;

use std::cell::Cell;
use std::env;
use std::process;
#[cfg(unix)]
use std::{thread, time::Duration};

use engine::{Ending, Limits, Options, Strategy, Style, execute};

pub use arguments::{Arguments, Format, Ignored};
pub use contract::{
    Bencher, ShouldPanic, StaticBenchAsTestFn, StaticBenchFn, StaticTestFn, StaticTestName, TestDesc,
    TestDescAndFn, TestFn, TestName, TestType, assert_test_result,
};
pub use std::hint::black_box;
pub use trial::{Outcome, Verdict, attempt};

/// The code a test program of libtest ends with when a test has failed.
const FAILED: i32 = 101;
/// The code of ours for arguments that can't be understood.
const MISUSED: i32 = 2;

/// The `main` of a test program: rustc calls it with the tests that the program contains.
pub fn test_main_static(tests: &[&TestDescAndFn]) {
    let code = match Arguments::parse(env::args().skip(1)) {
        Ok(arguments) => main(tests, &arguments),
        Err(error) => {
            eprintln!("error: {error}");
            MISUSED
        }
    };
    if code != 0 {
        // Its caller is generated and returns nothing, so there is no other way to hand on a code.
        process::exit(code);
    }
}

/// Ends the process soon after the one that started it has ended: a test may run for ever.
fn end_with_parent() {
    #[cfg(unix)]
    thread::spawn(|| {
        let parent = std::os::unix::process::parent_id();
        while std::os::unix::process::parent_id() == parent {
            thread::sleep(Duration::from_secs(1));
        }
        process::exit(MISUSED)
    });
}

/// Runs a whole program as if it were one test, named `main`, and ends the process. `asked` has the arguments, with a separator
/// between them.
pub fn run_program(asked: &str, program: fn() -> Result<(), String>) {
    let desc = TestDesc {
        name: StaticTestName("main"),
        ignore: false,
        ignore_message: None,
        source_file: "",
        start_line: 0,
        start_col: 0,
        end_line: 0,
        end_col: 0,
        should_panic: ShouldPanic::No,
        compile_fail: false,
        no_run: false,
        test_type: TestType::Unknown,
    };
    let test = TestDescAndFn { desc, testfn: StaticTestFn(program) };
    let code = match Arguments::parse(asked.split(SEPARATOR).map(str::to_owned)) {
        Ok(arguments) => main(&[&test], &arguments),
        Err(error) => {
            eprintln!("error: {error}");
            MISUSED
        }
    };
    process::exit(code);
}

/// Runs a whole program once, in the schedule with the fewest switches, and ends the process as the program would.
pub fn run_plainly(program: fn() -> i32) {
    let options = Options {
        strategy: Strategy::new(0, Style::Calm).late_by_less_than(0),
        limits: Limits { steps: u64::MAX, threads: usize::MAX },
        explain: false,
        trace: false,
        source: "",
    };
    let code = Cell::new(FAILED);
    let run = execute(options, &|| code.set(program()));
    for panic in &run.panics {
        eprintln!("thread '{}' panicked at {}:{}:\n{}", panic.thread, panic.file, panic.line, panic.message);
    }
    let code = match run.ending {
        Ending::Completed => code.get(),
        Ending::Exit(code, _) => code,
        ending => {
            eprintln!("the simulation of this program ended: {ending:?}");
            FAILED
        }
    };
    process::exit(code);
}

/// Between the arguments for [`run_program`].
pub const SEPARATOR: char = '\u{1f}';

fn main(tests: &[&TestDescAndFn], arguments: &Arguments) -> i32 {
    let (selected, filtered_out) = arguments.select(tests);
    if arguments.list {
        report::list(&selected);
        return 0;
    }
    if arguments.explore {
        end_with_parent();
    }
    let mut summary = report::Summary::begin(arguments.format, selected.len(), filtered_out);
    let mut place = match place::Place::open(arguments.place.as_deref()) {
        Ok(place) => place,
        Err(error) => {
            eprintln!("error: {error}");
            return MISUSED;
        }
    };
    for test in selected {
        if test.desc.ignore && arguments.ignored == Ignored::Skip {
            summary.ignored(&test.desc);
            continue;
        }
        summary.started(&test.desc);
        if arguments.explore {
            summary.explored(&test.desc, &explore::explore(test, arguments, &mut place));
            continue;
        }
        summary.ended(&test.desc, &attempt(test, arguments));
    }
    if summary.end() { 0 } else { FAILED }
}
