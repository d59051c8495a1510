//! Handed in by learner 12, who is invented.

use std::thread;

use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

/// Renders a thumbnail of every picture on `workers` threads.
pub fn render_all<P, T, F>(pictures: Vec<P>, workers: usize, render: F) -> Vec<T>
where
    P: Send,
    T: Send,
    F: Fn(P) -> T + Sync,
{
    assert!(workers > 0, "pictures need at least one worker");
    // The pool's threads are scoped ones, so that they have ended when this returns.
    thread::scope(|scope| {
        let pool = ThreadPoolBuilder::new()
            .num_threads(workers)
            .spawn_handler(|thread| {
                scope.spawn(|| thread.run());
                Ok(())
            })
            .build()
            .unwrap();
        pool.install(|| pictures.into_par_iter().with_max_len(1).map(&render).collect())
    })
}
