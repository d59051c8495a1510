//! Paths, which are names alone here: what would ask the machine for its current folder ends the execution.

use ::std::io;
use ::std::panic::Location;

pub use ::std::path::*;

/// As [`std::path::absolute`], for a path that is; to make one so is to ask for the current folder.
///
/// # Errors
/// As the real one.
#[track_caller]
pub fn absolute<P: AsRef<Path>>(path: P) -> io::Result<PathBuf> {
    if !path.as_ref().as_os_str().is_empty() && !path.as_ref().is_absolute() {
        crate::forbidden("asks for the current folder", Location::caller())
    }
    ::std::path::absolute(path)
}
