//! Ending the process ends the execution; starting another is refused.

use ::std::panic::Location;
pub use ::std::process::{Child, ExitCode, ExitStatus, Output, Stdio, Termination};

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

/// Ends the execution as std ends the process, and says why.
pub(crate) fn abort_at(why: &str, at: engine::Loc) -> ! {
    engine::console(&format!("fatal runtime error: {why}, aborting\n"));
    engine::end(Ending::Abort(at))
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

    /// Kept for the signature.
    pub fn arg<S: AsRef<::std::ffi::OsStr>>(&mut self, _: S) -> &mut Self {
        self
    }

    /// Kept for the signature.
    pub fn args<I, S>(&mut self, _: I) -> &mut Self
    where
        I: IntoIterator<Item = S>,
        S: AsRef<::std::ffi::OsStr>,
    {
        self
    }

    /// Never comes to be: [`Command::new`] does not return.
    pub fn status(&mut self) -> ::std::io::Result<ExitStatus> {
        Err(::std::io::ErrorKind::Unsupported.into())
    }

    /// Never comes to be: [`Command::new`] does not return.
    pub fn output(&mut self) -> ::std::io::Result<Output> {
        Err(::std::io::ErrorKind::Unsupported.into())
    }

    /// Never comes to be: [`Command::new`] does not return.
    pub fn spawn(&mut self) -> ::std::io::Result<Child> {
        Err(::std::io::ErrorKind::Unsupported.into())
    }
}
