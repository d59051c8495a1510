//! accepted: the caller's thread coordinates: it hands items to workers and hears of every end over one channel
//! for when somebody has to see the whole state at once, such as to show or to change it.

use std::any::Any;
use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use crossbeam::channel::unbounded;

/// What a stage does to an item, and on how many threads. This type is given.
#[derive(Debug, Clone, Copy)]
pub struct Stage<F> {
    /// How many calls of `work` may be in progress at the same time.
    pub workers: usize,
    /// The work on one item.
    pub work: F,
}

type Caught<T, E> = Result<T, Trouble<E>>;

enum Trouble<E> {
    Error(E),
    Panic(Box<dyn Any + Send>),
}

enum News<T, A, B, E> {
    Pulled(Caught<Option<T>, E>),
    Fetched(usize, Caught<A, E>),
    Processed(usize, Caught<B, E>),
    Saved(Caught<(), E>),
}

fn attempt<R, E>(work: impl FnOnce() -> Result<R, E>) -> Caught<R, E> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(Trouble::Error),
        Err(payload) => Err(Trouble::Panic(payload)),
    }
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
    assert!(limit * fetch.workers * process.workers > 0, "0 of something that is needed");
    let (tell, news) = unbounded();
    let end = thread::scope(|scope| {
        let (ask, asked) = unbounded::<()>();
        let (to_fetch, fetches) = unbounded::<(usize, I::Item)>();
        let (to_process, processes) = unbounded::<(usize, A)>();
        let (to_save, saves) = unbounded::<B>();
        let told = tell.clone();
        scope.spawn(move || {
            let mut source = source;
            for () in asked {
                let _ = told.send(News::Pulled(attempt(|| Ok(source.next()))));
            }
        });
        for _ in 0..fetch.workers {
            let (told, fetches, work) = (tell.clone(), fetches.clone(), &fetch.work);
            scope.spawn(move || {
                for (index, item) in fetches {
                    let _ = told.send(News::Fetched(index, attempt(|| work(item))));
                }
            });
        }
        for _ in 0..process.workers {
            let (told, processes, work) = (tell.clone(), processes.clone(), &process.work);
            scope.spawn(move || {
                for (index, item) in processes {
                    let _ = told.send(News::Processed(index, attempt(|| work(item))));
                }
            });
        }
        let told = tell.clone();
        scope.spawn(move || {
            let mut save = save;
            for item in saves {
                let _ = told.send(News::Saved(attempt(|| save(item))));
            }
        });

        let mut ready = BTreeMap::new();
        let (mut pulled, mut saved, mut asking, mut saving, mut more) = (0, 0, false, false, true);
        let mut waiting: VecDeque<(usize, A)> = VecDeque::new();
        loop {
            if more && !asking && pulled - saved < limit {
                let _ = ask.send(());
                asking = true;
            }
            waiting.drain(..).for_each(|it| drop(to_process.send(it)));
            if !saving && let Some(result) = ready.remove(&saved) {
                match result {
                    Ok(item) => drop(to_save.send(item)),
                    Err(trouble) => return Some(trouble),
                }
                saving = true;
            }
            if !more && saved == pulled {
                return None;
            }
            match news.recv().unwrap() {
                News::Pulled(item) => {
                    asking = false;
                    match item {
                        Ok(Some(item)) => drop(to_fetch.send((pulled, item))),
                        Ok(None) => more = false,
                        Err(trouble) => {
                            more = false;
                            ready.insert(pulled, Err(trouble));
                        }
                    }
                    // The place of the one that could not be pulled counts, so that its turn comes.
                    pulled += usize::from(more || ready.contains_key(&pulled));
                }
                News::Fetched(index, Ok(item)) => waiting.push_back((index, item)),
                News::Fetched(index, Err(trouble)) => drop(ready.insert(index, Err(trouble))),
                News::Processed(index, result) => drop(ready.insert(index, result)),
                News::Saved(Ok(())) => {
                    saving = false;
                    saved += 1;
                }
                News::Saved(Err(trouble)) => return Some(trouble),
            }
        }
    });
    match end {
        None => Ok(()),
        Some(Trouble::Error(error)) => Err(error),
        Some(Trouble::Panic(payload)) => resume_unwind(payload),
    }
}
