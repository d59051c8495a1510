//! The real way: `cargo test -p EXERCISE`, on real threads. It finds less than the checker, and never
//! says more than it knows: checks that would depend on luck are left out.

use std::cell::RefCell;
use std::env;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::PoisonError;

use libtest_mimic::{Arguments, Failed, Trial};

use crate::check::{Check, Entry, Mode};
use crate::expect::{panic_message, take_recorded};
use crate::threads::LAST_PANIC;

pub(crate) fn main(entries: &[Entry], checks_file: &str) -> ExitCode {
    let mut arguments = Arguments::from_args();
    // What fails is kept outside the learner's reach, in one place: one check at a time.
    arguments.test_threads = Some(1);
    let snapshots = snapshots(checks_file);
    // Many panics are the checks' own, and caught. One that fails a check is told with it, from here.
    panic::set_hook(Box::new(|info| {
        let text = info.payload_as_str().unwrap_or("a panic");
        let place = info.location().map_or(String::new(), |l| format!(" at {}:{}", l.file(), l.line()));
        *LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner) = format!("{text}{place}");
    }));
    let trials = entries
        .iter()
        .map(|entry| {
            let (run, snapshots) = (entry.run, snapshots.clone());
            let name = format!("clause_{}::{}", entry.clause, entry.name);
            Trial::test(name, move || judge(run, snapshots)).with_ignored_flag(entry.simulated_only)
        })
        .collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    if !arguments.list && conclusion.num_ignored > 0 {
        println!("{}", not_checked(entries));
    }
    conclusion.exit_code()
}

/// What real threads can't tell, as the last words: the runner's own may read as if all were well.
fn not_checked(entries: &[Entry]) -> String {
    let needs_simulation: Vec<&Entry> = entries.iter().filter(|entry| entry.simulated_only).collect();
    let mut clauses: Vec<u32> = needs_simulation.iter().map(|entry| entry.clause).collect();
    clauses.dedup();
    let clauses: Vec<String> = clauses.iter().map(u32::to_string).collect();
    let name = env::var("CARGO_PKG_NAME").unwrap_or_else(|_| "EXERCISE".to_owned());
    format!(
        "NOT CHECKED: {} of {} checks need the simulation, of {} {}.\n\
         A program that is wrong may pass here. `cargo checker run {name}` makes all checks, in thousands of interleavings.\n",
        needs_simulation.len(),
        entries.len(),
        if clauses.len() == 1 { "clause" } else { "clauses" },
        clauses.join(", "),
    )
}

fn judge(run: fn(&Check), snapshots: PathBuf) -> Result<(), Failed> {
    let check = Check { mode: Mode::Real, snapshots, small: RefCell::default() };
    let outcome = catch_unwind(AssertUnwindSafe(|| run(&check)));
    match (take_recorded(), outcome) {
        (Some(failure), _) => Err(format!("{}: {}", failure.kind.name(), failure.message).into()),
        (None, Err(payload)) => Err(panic_message(&*payload).unwrap_or("the check panicked").into()),
        (None, Ok(())) => Ok(()),
    }
}

/// The folder of the snapshots, found from the path of the checks as rustc was given it.
fn snapshots(checks_file: &str) -> PathBuf {
    let start = env::current_dir().unwrap_or_default();
    let file = start.ancestors().map(|folder| folder.join(checks_file)).find(|file| file.exists());
    let folder = file.and_then(|f| f.canonicalize().ok()).and_then(|f| Some(f.parent()?.join("snapshots")));
    folder.unwrap_or_else(|| start.join("tests/snapshots"))
}
