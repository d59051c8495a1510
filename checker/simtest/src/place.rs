//! Which schedule runs, written down where it outlives the process; a sign of life; and how much memory the process has.

use std::fs::{self, File};
use std::io::{Seek, Write};
use std::time::{Duration, Instant};

use crate::report;

/// A sign of life is given so often.
const BEAT: Duration = Duration::from_secs(1);

/// Where the seed is kept.
pub(crate) struct Place {
    file: Option<File>,
    beat: Instant,
}

impl Place {
    /// Keeps it in this file, if there is one.
    pub(crate) fn open(file: Option<&str>) -> Result<Self, String> {
        let open =
            |name: &str| File::create(name).map_err(|error| format!("could not write {name}: {error}"));
        Ok(Self { file: file.map(open).transpose()?, beat: Instant::now() })
    }

    /// The schedule of this seed begins.
    pub(crate) fn begins(&mut self, seed: u64) {
        if let Some(file) = &mut self.file {
            // Without it less is told of a crash, and that is all.
            let _ = file.rewind().and_then(|()| write!(file, "{seed:020}"));
        }
        if self.beat.elapsed() >= BEAT {
            self.beat = Instant::now();
            report::alive();
        }
    }
}

/// Threads that never end leave behind what they own. A process has at most so many pages of it, some 2 GB.
const PAGES: u64 = 500_000;

/// Whether it is time to stop, if the system tells.
pub(crate) fn holds_too_much() -> bool {
    let told = fs::read_to_string("/proc/self/statm").ok();
    let pages = told.as_deref().and_then(|told| told.split(' ').nth(1)?.parse::<u64>().ok());
    pages.is_some_and(|pages| pages > PAGES)
}
