//! Ending the process ends the execution; starting another is refused.

use ::std::panic::Location;
pub use ::std::process::{ExitCode, ExitStatus, Output, Stdio, Termination};

use engine::Ending;

/// As [`std::process::exit`]: the execution ends, and the checker reports it.
#[track_caller]
pub fn exit(code: i32) -> ! {
    engine::end(Ending::Exit(code, Location::caller()))
}

/// As [`std::process::abort`]: the execution ends, and the checker reports it.
#[track_caller]
pub fn abort() -> ! {
    engine::end(Ending::Abort(Location::caller()))
}

/// As [`std::process::id`]; a fixed number.
pub fn id() -> u32 {
    1
}

/// As [`std::process::Command`], but no process is started.
#[derive(Debug)]
pub struct Command(());

impl Command {
    /// Ends the execution: other processes can't be simulated.
    #[track_caller]
    pub fn new<S: AsRef<::std::ffi::OsStr>>(program: S) -> Self {
        crate::fs::forbidden(&format!("starts the process {:?}", program.as_ref()), Location::caller())
    }
}
