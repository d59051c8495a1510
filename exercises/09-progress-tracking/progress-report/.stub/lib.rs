//! Progress report: a pool maps a function over items and reports the progress after each one.

use std::io::Write;
use std::marker::PhantomData;

/// Counts the finished items of a known total, and writes a report each time the count rises.
///
/// A report is `\rProgress: {done}/{total} ({percent}%)`: the `\r` takes the cursor back to the start of the
/// line, so that on a terminal each report overwrites the one before.
pub struct ProgressTracker<W> {
    // Put your own fields here, in place of this one.
    fields: PhantomData<fn(W) -> W>,
}

impl<W: Write + Send> ProgressTracker<W> {
    /// A tracker for `total` items, none of them done yet. Writes nothing. A total of 0 is allowed.
    pub fn new(total: usize, out: W) -> Self {
        let _ = (total, out);
        todo!("start at nothing done")
    }

    /// One more item is done: counts it and writes one report. Any thread may call this at any time.
    ///
    /// `percent` is 100 · done / total, rounded down. Errors of the writer are ignored: a progress line must
    /// not stop the work. The caller makes sure that this is called at most `total` times.
    pub fn update(&self) {
        todo!("count and report")
    }

    /// Ends the line with `\n` and returns the writer.
    ///
    /// For a total of 0, `\rProgress: 0/0 (100%)` is written first, because no update has reported it. Errors
    /// of the writer are ignored.
    pub fn finish(self) -> W {
        todo!("end the line")
    }
}

/// Calls `f` for each item, on `workers` workers, and returns the results in the order of the items, while
/// `out` gets a report as each item completes and a newline at the end.
///
/// * `items`: the items to process. The total of the reports is their number.
/// * `workers`: how many items may be in progress at once.
/// * `f`: processes one item. Call it once for each.
/// * `out`: gets the reports. Its errors are ignored.
///
/// # Panics
/// If `workers` is 0, and if `f` panics for an item. In the second case the item counts as done, all others are
/// processed, and the newline is written. Then the call panics with that item's payload. If several items panicked,
/// it is the payload of the first in the order of the items.
pub fn process_with_progress<T, R, F, W>(items: &[T], workers: usize, f: F, out: W) -> Vec<R>
where
    T: Sync,
    R: Send,
    F: Fn(&T) -> R + Sync,
    W: Write + Send,
{
    let _ = (items, workers, f, out);
    todo!("map on a pool, report as you go")
}
