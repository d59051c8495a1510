//! Bounded squares, solved with crossbeam's bounded channel, which many threads may receive from.
//!
//! Three parts that know nothing of each other but the channels between them: the producer sends items, the
//! consumers turn items into results, the caller's thread writes and collects the results. Each part ends when
//! the channel it reads is closed, or when nobody reads what it sends. So an end, a panic or an error in any
//! part travels through the channels to the others, and there is no message that says "stop".

use std::io::{self, Write};
use std::thread;

use crossbeam::channel;

/// Processes every item and returns the results in ascending order.
///
/// # Errors
/// The error of `out`, if writing fails.
///
/// # Panics
/// If `capacity` is 0 or `consumers` is empty, and if `work` panics for an item.
pub fn process<I, F, W>(
    items: I,
    capacity: usize,
    consumers: &[&str],
    work: F,
    mut out: W,
) -> io::Result<Vec<u64>>
where
    I: IntoIterator<Item = u64>,
    I::IntoIter: Send,
    F: Fn(u64) -> u64 + Sync,
    W: Write + Send,
{
    // To crossbeam a capacity of 0 is a rendezvous, which is something else than was promised.
    assert!(capacity > 0, "the queue needs a capacity of at least one");
    assert!(!consumers.is_empty(), "items need at least one consumer");

    // The queue. When it is full, `send` waits: that is the backpressure. A slow consumer slows the producer
    // down, and memory stays bounded.
    let (item_sender, item_receiver) = channel::bounded(capacity);
    // Results are bounded too, or a slow writer would let them pile up without limit.
    let (result_sender, result_receiver) = channel::bounded(consumers.len());
    let items = items.into_iter();

    let mut results = thread::scope(|scope| {
        for &name in consumers {
            // Clones for this consumer. They are dropped when it ends, however it ends.
            let (items, results, work) = (item_receiver.clone(), result_sender.clone(), &work);
            thread::Builder::new()
                .name(name.to_owned())
                .spawn_scoped(scope, move || {
                    // One receiver each, all on the same queue: an item goes to whoever is free. The loop ends
                    // when the queue is empty *and* the producer has dropped its sender, so nothing is lost.
                    for item in items {
                        let result = work(item);
                        if results.send((name, item, result)).is_err() {
                            // Writing has failed and the caller no longer reads.
                            break;
                        }
                    }
                })
                .expect("a consumer's thread starts");
        }
        // The originals. If this receiver stayed, `send` to a full queue would wait for ever once all
        // consumers have panicked. If this sender stayed, the loop over the results would never end.
        drop(item_receiver);
        drop(result_sender);

        scope.spawn(move || {
            for item in items {
                if item_sender.send(item).is_err() {
                    // No consumer is left. The scope will report why.
                    break;
                }
            }
            // Here `item_sender` is dropped. This closes the queue, and consumers that have emptied it end.
        });

        let mut all = Vec::new();
        for (name, item, result) in result_receiver {
            // On an error `?` drops the receiver. Then the consumers fail to send and end, then the producer
            // fails to send and ends, then the scope is over.
            writeln!(out, "{name} processed {item} -> {result}")?;
            all.push(result);
        }
        Ok::<Vec<u64>, io::Error>(all)
        // The scope waits for all threads, and panics if one did.
    })?;

    // Consumers finish in any order, and which of them got which item is different in each run.
    results.sort_unstable();
    Ok(results)
}
