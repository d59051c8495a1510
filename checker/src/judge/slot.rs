//! The folder in which one program is compiled, one of few for each exercise.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A place that nobody has used for this long is removed.
const STALE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// A folder that nobody else uses until this is dropped.
pub struct Slot {
    pub dir: PathBuf,
    pub _lock: File,
}

impl Slot {
    /// Where rustc keeps what it knows.
    pub fn incremental(&self) -> PathBuf {
        self.dir.join("incremental")
    }
}

/// Removes the places that nobody has used for long.
pub fn remove_stale(places: &Path) {
    let age = |path: &Path| {
        let modified = fs::metadata(path).and_then(|metadata| metadata.modified()).ok()?;
        SystemTime::now().duration_since(modified).ok()
    };
    for place in fs::read_dir(places).into_iter().flatten().filter_map(Result::ok) {
        let lock = place.path().join("lock");
        let is_old = age(&lock).is_some_and(|age| age > STALE);
        if is_old && File::open(lock).is_ok_and(|lock| lock.try_lock().is_ok()) {
            let _ = fs::remove_dir_all(place.path());
        }
    }
}
