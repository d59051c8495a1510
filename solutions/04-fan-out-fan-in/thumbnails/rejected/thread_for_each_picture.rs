//! breaks: clause 3 · finding: oversubscribed
//! No queue, no lock, no workers: a thread for each picture.

use std::panic;
use std::thread;

/// Renders a thumbnail of every picture on `workers` threads.
pub fn render_all<P, T, F>(pictures: Vec<P>, workers: usize, render: F) -> Vec<T>
where
    P: Send,
    T: Send,
    F: Fn(P) -> T + Sync,
{
    assert!(workers > 0, "pictures need at least one worker");
    let render = &render;
    thread::scope(|scope| {
        let threads: Vec<_> =
            pictures.into_iter().map(|picture| scope.spawn(move || render(picture))).collect();
        let join = |thread: thread::ScopedJoinHandle<'_, T>| match thread.join() {
            Ok(thumbnail) => thumbnail,
            Err(payload) => panic::resume_unwind(payload),
        };
        threads.into_iter().map(join).collect()
    })
}
