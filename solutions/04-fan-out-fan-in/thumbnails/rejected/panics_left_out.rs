//! breaks: clause 5 · finding: swallowed-panic
//! The workers are joined, and what those that panicked leave is quietly passed over.

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
    let work = || {
        let mut done = Vec::new();
        loop {
            let next = queue.lock().unwrap().next();
            let Some((place, picture)) = next else { return done };
            done.push((place, render(picture)));
        }
    };
    let mut done: Vec<(usize, T)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect()
    });
    done.sort_unstable_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, thumbnail)| thumbnail).collect()
}
