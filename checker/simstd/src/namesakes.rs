//! Types that nobody uses. rustc writes a path out where a name has two meanings, and the checker tells by the path whether a
//! program calls a method of std's or of its own.

/// Of the same name as [`std::path::Path`].
#[derive(Debug)]
pub struct Path(());

/// Of the same name as [`std::panic::Location`].
#[derive(Debug)]
pub struct Location(());
