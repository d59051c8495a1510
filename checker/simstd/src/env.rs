//! The environment can be read, not changed.

pub use ::std::env::*;
use ::std::ffi::OsStr;
use ::std::panic::Location;
use ::std::path::Path;

/// Ends the execution: the environment belongs to the whole process.
///
/// # Safety
/// None needed; unsafe as the real one is.
#[track_caller]
pub unsafe fn set_var<K: AsRef<OsStr>, V: AsRef<OsStr>>(key: K, _value: V) {
    crate::fs::forbidden(&format!("sets the environment variable {:?}", key.as_ref()), Location::caller())
}

/// Ends the execution: the environment belongs to the whole process.
///
/// # Safety
/// None needed; unsafe as the real one is.
#[track_caller]
pub unsafe fn remove_var<K: AsRef<OsStr>>(key: K) {
    crate::fs::forbidden(&format!("removes the environment variable {:?}", key.as_ref()), Location::caller())
}

/// Ends the execution: the current folder belongs to the whole process.
#[track_caller]
pub fn set_current_dir<P: AsRef<Path>>(path: P) -> ::std::io::Result<()> {
    crate::fs::forbidden(&format!("changes the current folder to {:?}", path.as_ref()), Location::caller())
}
