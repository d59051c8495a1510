//! Ending the process ends the execution, and that is told.

use ::std::panic::Location;

use engine::Ending;

/// As [`std::process::exit`].
#[track_caller]
pub fn exit(code: i32) -> ! {
    engine::end(Ending::Exit(code, Location::caller()))
}

/// As [`std::process::abort`].
#[track_caller]
pub fn abort() -> ! {
    engine::end(Ending::Abort(Location::caller()))
}

/// Ends the execution as std ends the process, and says why.
pub(crate) fn abort_at(why: &str, at: engine::Loc) -> ! {
    engine::console(&format!("fatal runtime error: {why}, aborting\n"));
    engine::end(Ending::Abort(at))
}
