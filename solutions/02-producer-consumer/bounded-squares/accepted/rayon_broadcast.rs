//! accepted: a rayon pool with the consumers' names, a broadcast that runs a consumer on each of its threads

use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;

use crossbeam::channel;
use rayon::ThreadPoolBuilder;

struct Report<W> {
    out: W,
    results: Vec<u64>,
    failure: Option<io::Error>,
}

/// Processes every item and returns the results in ascending order.
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
    assert!(capacity > 0, "the queue needs a capacity of at least one");
    assert!(!consumers.is_empty(), "items need at least one consumer");
    let (sender, receiver) = channel::bounded(capacity);
    let report = Mutex::new(Report { out, results: Vec::new(), failure: None });
    let failed = || report.lock().unwrap().failure.is_some();
    let consume = |name: &str| {
        let mut panicked = None;
        for item in &receiver {
            if failed() {
                // What is still coming is taken out of the producer's way and dropped.
                continue;
            }
            match panic::catch_unwind(AssertUnwindSafe(|| work(item))) {
                Ok(result) => {
                    let mut report = report.lock().unwrap();
                    report.results.push(result);
                    if let Err(error) = writeln!(report.out, "{name} processed {item} -> {result}") {
                        report.failure.get_or_insert(error);
                    }
                }
                Err(payload) => panicked = Some(payload),
            }
        }
        if let Some(payload) = panicked {
            panic::resume_unwind(payload);
        }
    };
    let names: Vec<String> = consumers.iter().map(|&name| name.to_owned()).collect();
    ThreadPoolBuilder::new()
        .num_threads(consumers.len())
        .thread_name(move |index| names[index].clone())
        .build_scoped(
            |thread| thread.run(),
            |pool| {
                pool.in_place_scope(|scope| {
                    scope.spawn_broadcast(|_, context| consume(consumers[context.index()]));
                    // Moved in here, so that it is dropped, and the queue closed, even if `items` panics.
                    let sender = sender;
                    for item in items {
                        if failed() || sender.send(item).is_err() {
                            break;
                        }
                    }
                });
            },
        )
        .expect("the pool's threads start");
    let mut report = report.into_inner().unwrap();
    if let Some(error) = report.failure {
        return Err(error);
    }
    report.results.sort_unstable();
    Ok(report.results)
}
