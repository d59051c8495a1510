//! Real processes. To wait for one stops all simulated threads until it ends. To end this process ends the execution.

use ::std::panic::Location;
pub use ::std::process::*;

use engine::Ending;

/// As [`std::process::exit`]: the execution ends, and that is told.
#[track_caller]
pub fn exit(code: i32) -> ! {
    engine::end(Ending::Exit(code, Location::caller()))
}

/// As [`std::process::abort`]: the execution ends, and that is told.
#[track_caller]
pub fn abort() -> ! {
    engine::end(Ending::Abort(Location::caller()))
}

/// Ends the execution as std ends the process, and says why.
pub(crate) fn abort_at(why: &str, at: engine::Loc) -> ! {
    engine::console(&format!("fatal runtime error: {why}, aborting\n"));
    engine::end(Ending::Abort(at))
}
