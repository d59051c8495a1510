//! Files are copied by several threads, with a progress bar of indicatif that the lesson's tracker and reporter drive.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use progress_hub_solution::{Reporter, Snapshot, Tracker};

const FILES: usize = 40;
const WORKERS: usize = 4;
const INTERVAL: Duration = Duration::from_millis(20);

/// Copies all files into a folder, on some threads, and tells `tracker` about each one that is done or has failed.
fn copy_all(files: &[PathBuf], into: &Path, tracker: &Tracker) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    match file.file_name().map(|name| fs::copy(file, into.join(name))) {
                        Some(Ok(_)) => tracker.done(),
                        _ => tracker.failed(),
                    }
                }
            });
        }
    });
}

// ANCHOR: draw
/// Only this function touches the bar, and only the reporter's thread calls it.
fn draw(bar: &ProgressBar, now: Snapshot) {
    bar.set_length(now.total as u64);
    bar.set_position((now.done + now.failed) as u64);
    bar.set_message(format!("{} failed", now.failed));
}

/// Copies with a bar, and returns the counts at the end.
fn copy_with_bar(files: &[PathBuf], into: &Path, bar: &ProgressBar) -> Snapshot {
    let tracker = Arc::new(Tracker::new(files.len()));
    let in_report = bar.clone();
    let reporter = Reporter::start(&tracker, INTERVAL, move |now| draw(&in_report, now));
    copy_all(files, into, &tracker);
    // The last report has everything. It is made before this returns, so the bar ends where the work did.
    reporter.finish();
    bar.abandon();
    tracker.snapshot()
}
// ANCHOR_END: draw

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:20} {pos}/{len}, {msg}").expect("the template is right")
}

/// A folder with files to copy and an empty one, both of which go when it is dropped.
struct Folders(PathBuf);

impl Folders {
    fn new(name: &str) -> io::Result<Self> {
        let folders = Folders(std::env::temp_dir().join(format!("copy-{name}-{}", process::id())));
        fs::create_dir_all(folders.0.join("from"))?;
        fs::create_dir_all(folders.copies())?;
        for file in 0..FILES {
            fs::write(folders.0.join("from").join(format!("{file}.txt")), vec![b'x'; 10_000 * file])?;
        }
        Ok(folders)
    }

    /// All files, and one that is not there.
    fn files(&self) -> Vec<PathBuf> {
        (0..=FILES).map(|file| self.0.join("from").join(format!("{file}.txt"))).collect()
    }

    fn copies(&self) -> PathBuf {
        self.0.join("into")
    }
}

impl Drop for Folders {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn main() -> io::Result<()> {
    let folders = Folders::new("main")?;
    let bar = ProgressBar::new(0).with_style(style());
    let end = copy_with_bar(&folders.files(), &folders.copies(), &bar);
    println!("{} of {} files copied, {} failed", end.done, end.total, end.failed);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use indicatif::{InMemoryTerm, ProgressDrawTarget};

    fn bar_in_memory() -> (ProgressBar, InMemoryTerm) {
        let terminal = InMemoryTerm::new(4, 60);
        let target = ProgressDrawTarget::term_like(Box::new(terminal.clone()));
        let bar = ProgressBar::with_draw_target(Some(0), target).with_style(style());
        (bar, terminal)
    }

    #[test]
    fn the_bar_ends_at_the_total_and_tells_of_the_failure() {
        let folders = Folders::new("right").unwrap();
        let (bar, terminal) = bar_in_memory();
        let end = copy_with_bar(&folders.files(), &folders.copies(), &bar);
        assert_eq!(end, Snapshot { total: FILES + 1, done: FILES, failed: 1 });
        let screen = terminal.contents();
        assert!(screen.ends_with(&format!("{0}/{0}, 1 failed", FILES + 1)), "{screen}");
        for file in &folders.files()[..FILES] {
            let copy = folders.copies().join(file.file_name().unwrap());
            assert_eq!(fs::read(file).unwrap(), fs::read(copy).unwrap());
        }
    }

    /// The fault: a file that fails is never counted, so whoever waits for the total waits for ever.
    #[test]
    fn a_bar_that_counts_only_what_went_well_never_ends() {
        let folders = Folders::new("wrong").unwrap();
        let (bar, _terminal) = bar_in_memory();
        let files = folders.files();
        bar.set_length(files.len() as u64);
        thread::scope(|scope| {
            for part in files.chunks(files.len().div_ceil(WORKERS)) {
                let (bar, into) = (&bar, folders.copies());
                scope.spawn(move || {
                    for file in part {
                        if fs::copy(file, into.join(file.file_name().unwrap())).is_ok() {
                            bar.inc(1);
                        }
                    }
                });
            }
        });
        assert_eq!(bar.position(), FILES as u64);
        assert!(
            bar.position() < bar.length().unwrap(),
            "all files are dealt with, and the bar says {FILES} of {}",
            files.len()
        );
    }
}
