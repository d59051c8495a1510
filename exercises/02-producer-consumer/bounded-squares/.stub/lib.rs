//! Bounded squares: one producer, a queue with a capacity, consumers with names.

use std::io::{self, Write};

/// Processes every item and returns the results in ascending order.
///
/// One producer takes the items from `items` and puts them into a queue. There is one thread for each name in
/// `consumers`. It takes items out, calls `work`, and writes `{name} processed {item} -> {result}`.
///
/// * `items`: the items to process. The iterator may be slow, and may run on a thread of its own.
/// * `capacity`: how many items may wait in the queue.
/// * `consumers`: the names of the consumers' threads.
/// * `work`: processes one item. Call it once for each, on a consumer's thread.
/// * `out`: gets one line as each item completes.
///
/// # Errors
/// The error of `out`, if writing fails. Items that have not been started by then may be left out.
///
/// # Panics
/// If `capacity` is 0 or `consumers` is empty. Also if `work` panics for an item, after the other consumers have
/// processed the remaining items.
pub fn process<I, F, W>(
    items: I,
    capacity: usize,
    consumers: &[&str],
    work: F,
    out: W,
) -> io::Result<Vec<u64>>
where
    I: IntoIterator<Item = u64>,
    I::IntoIter: Send,
    F: Fn(u64) -> u64 + Sync,
    W: Write + Send,
{
    let _ = (items.into_iter(), capacity, consumers, work, out);
    todo!("one producer, a bounded queue, a thread for each consumer")
}
