//! breaks: clause 1 · finding: race
//! The flag that a picture panicked is a static, reset at the start of a call, so a panic stops a concurrent call too.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// A picture has panicked: the others need not begin.
static BROKEN: AtomicBool = AtomicBool::new(false);

pub fn render_all<P, T, F>(pictures: Vec<P>, workers: usize, render: F) -> Vec<T>
where
    P: Send,
    T: Send,
    F: Fn(P) -> T + Sync,
{
    if workers == 0 {
        panic!("without workers nothing is rendered");
    }
    let pictures: Vec<Mutex<Option<P>>> = pictures.into_iter().map(|picture| Mutex::new(Some(picture))).collect();
    BROKEN.store(false, Ordering::SeqCst);
    let next = AtomicUsize::new(0);

    let worker = || {
        let mut made = Vec::new();
        while !BROKEN.load(Ordering::SeqCst) {
            let place = next.fetch_add(1, Ordering::SeqCst);
            let Some(cell) = pictures.get(place) else { break };
            let picture = cell.lock().unwrap().take().expect("each place is taken once");
            match catch_unwind(AssertUnwindSafe(|| render(picture))) {
                Ok(thumbnail) => made.push((place, thumbnail)),
                Err(mut payload) => {
                    BROKEN.store(true, Ordering::SeqCst);
                    while let Err(another) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
                        payload = another;
                    }
                }
            }
        }
        made
    };

    let mut all: Vec<(usize, T)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers.min(pictures.len())).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("panics are caught")).collect()
    });
    assert!(!BROKEN.load(Ordering::SeqCst), "a picture panicked");
    all.sort_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, thumbnail)| thumbnail).collect()
}
