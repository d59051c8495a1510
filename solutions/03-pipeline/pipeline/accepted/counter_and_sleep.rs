//! accepted: two counters that the source looks at every few milliseconds
//! for when a delay of some milliseconds does not matter: no permit has to be given back in any case of failure.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What a stage does to an item, and on how many threads. This type is given.
#[derive(Debug, Clone, Copy)]
pub struct Stage<F> {
    /// How many calls of `work` may be in progress at the same time.
    pub workers: usize,
    /// The work on one item.
    pub work: F,
}

type Thrown<T> = thread::Result<T>;

fn next<T>(queue: &Mutex<Receiver<T>>) -> Option<T> {
    queue.lock().unwrap_or_else(|poison| poison.into_inner()).recv().ok()
}

/// Sends every item of `source` through `fetch` and `process`, and calls `save` in the order of the source.
pub fn run<I, A, B, E, F, G, S>(
    source: I,
    fetch: Stage<F>,
    process: Stage<G>,
    limit: usize,
    save: S,
) -> Result<(), E>
where
    I: Iterator + Send,
    I::Item: Send,
    A: Send,
    B: Send,
    E: Send,
    F: Fn(I::Item) -> Result<A, E> + Sync,
    G: Fn(A) -> Result<B, E> + Sync,
    S: FnMut(B) -> Result<(), E> + Send,
{
    assert_ne!(0, limit);
    assert_ne!(0, fetch.workers);
    assert_ne!(0, process.workers);
    let (saved, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (saved, over, fetch_work, process_work) = (&saved, &over, &fetch.work, &process.work);
    let (to_a, a) = channel::<(usize, Thrown<I::Item>)>();
    let (to_b, b) = channel::<(usize, Thrown<Result<A, E>>)>();
    let (to_c, c) = channel::<(usize, Thrown<Result<B, E>>)>();
    let (a, b) = (Arc::new(Mutex::new(a)), Arc::new(Mutex::new(b)));
    let end: Thrown<Result<(), E>> = thread::scope(|scope| {
        scope.spawn(move || {
            let mut source = source;
            let mut pulled = 0;
            loop {
                while pulled - saved.load(SeqCst) >= limit && !over.load(SeqCst) {
                    thread::sleep(Duration::from_millis(2));
                }
                if over.load(SeqCst) {
                    return;
                }
                let item = match catch_unwind(AssertUnwindSafe(|| source.next())) {
                    Ok(Some(item)) => Ok(item),
                    Ok(None) => return,
                    Err(payload) => Err(payload),
                };
                let thrown = item.is_err();
                to_a.send((pulled, item)).unwrap();
                if thrown {
                    return;
                }
                pulled += 1;
            }
        });
        for _ in 0..fetch.workers {
            let (a, to_b) = (Arc::clone(&a), to_b.clone());
            scope.spawn(move || {
                while let Some((number, item)) = next(&a) {
                    let item = item.and_then(|it| catch_unwind(AssertUnwindSafe(|| fetch_work(it))));
                    to_b.send((number, item)).unwrap();
                }
            });
        }
        for _ in 0..process.workers {
            let (b, to_c) = (Arc::clone(&b), to_c.clone());
            scope.spawn(move || {
                while let Some((number, item)) = next(&b) {
                    let item = item.and_then(|it| match it {
                        Ok(it) => catch_unwind(AssertUnwindSafe(|| process_work(it))),
                        Err(error) => Ok(Err(error)),
                    });
                    to_c.send((number, item)).unwrap();
                }
            });
        }
        drop((to_b, to_c));
        let (mut save, mut waiting) = (save, BTreeMap::new());
        let mut end = Ok(Ok(()));
        // It receives to the end, so that nobody sends in vain.
        for (number, item) in &c {
            waiting.insert(number, item);
            while let Ok(Ok(())) = end
                && let Some(item) = waiting.remove(&saved.load(SeqCst))
            {
                end = item.and_then(|it| match it {
                    Ok(it) => catch_unwind(AssertUnwindSafe(|| save(it))),
                    Err(error) => Ok(Err(error)),
                });
                if let Ok(Ok(())) = end {
                    saved.fetch_add(1, SeqCst);
                } else {
                    over.store(true, SeqCst);
                }
            }
        }
        end
    });
    end.unwrap_or_else(|payload| resume_unwind(payload))
}
