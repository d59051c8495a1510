//! Handed in by learner 5, who is invented.

use std::panic;
use std::sync::Mutex;
use std::thread;

/// Renders a thumbnail of every picture on `workers` threads.
pub fn render_all<P, T, F>(pictures: Vec<P>, workers: usize, render: F) -> Vec<T>
where
    P: Send,
    T: Send,
    F: Fn(P) -> T + Sync,
{
    assert!(workers > 0, "pictures need at least one worker");
    let queue = Mutex::new(pictures.into_iter().enumerate());
    // The guard ends with the closure.
    let take = || queue.lock().unwrap().next();
    let work = || {
        let mut done = Vec::new();
        while let Some((place, picture)) = take() {
            done.push((place, render(picture)));
        }
        done
    };
    let ends: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join()).collect()
    });
    let mut done: Vec<(usize, T)> = ends
        .into_iter()
        .flat_map(|end| end.unwrap_or_else(|payload| panic::resume_unwind(payload)))
        .collect();
    done.sort_unstable_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, thumbnail)| thumbnail).collect()
}
