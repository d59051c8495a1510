//! The folder in which one program is compiled, one of few for each exercise.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use walkdir::WalkDir;

/// A place that nobody has used for this long is removed.
const STALE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// What rustc may keep of the checks of one exercise.
const MOST_KNOWN: u64 = 200 << 20;

/// A folder that nobody else uses until this is dropped.
pub struct Slot {
    pub dir: PathBuf,
    pub _lock: File,
}

impl Slot {
    /// Removes what a program has left here: its files may be large, and a compiler that was ended leaves its own behind.
    pub fn clear(&self) {
        let kept = [OsStr::new("lock"), OsStr::new("incremental")];
        for entry in fs::read_dir(&self.dir).into_iter().flatten().filter_map(Result::ok) {
            if kept.contains(&entry.file_name().as_os_str()) {
                continue;
            }
            // What can't be removed is overwritten by the next program, or removed with the place.
            let _ = match entry.file_type() {
                Ok(kind) if kind.is_dir() => fs::remove_dir_all(entry.path()),
                _ => fs::remove_file(entry.path()),
            };
        }
        if size(&self.incremental()) > MOST_KNOWN {
            let _ = fs::remove_dir_all(self.incremental());
        }
    }

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

impl Drop for Slot {
    fn drop(&mut self) {
        self.clear();
    }
}

/// What the files below `folder` take.
fn size(folder: &Path) -> u64 {
    let files = WalkDir::new(folder).into_iter().filter_map(Result::ok);
    files.filter_map(|file| Some(file.metadata().ok()?.len())).sum()
}
