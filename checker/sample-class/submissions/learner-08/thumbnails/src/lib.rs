//! Handed in by learner 8, who is invented.

use std::panic;
use std::sync::mpsc::{self, Sender};
use std::thread;

/// Given back when the picture has ended, by a panic too.
struct Permit(Sender<()>);

impl Drop for Permit {
    fn drop(&mut self) {
        // The caller may have enough of them.
        let _ = self.0.send(());
    }
}

/// Renders a thumbnail of every picture on `workers` threads.
pub fn render_all<P, T, F>(pictures: Vec<P>, workers: usize, render: F) -> Vec<T>
where
    P: Send,
    T: Send,
    F: Fn(P) -> T + Sync,
{
    assert!(workers > 0, "pictures need at least one worker");
    let render = &render;
    let (give_back, permits) = mpsc::channel();
    (0..workers).for_each(|_| give_back.send(()).unwrap());
    let ends: Vec<_> = thread::scope(|scope| {
        let mut threads = Vec::new();
        for picture in pictures {
            permits.recv().unwrap();
            let permit = Permit(give_back.clone());
            threads.push(scope.spawn(move || {
                let _permit = permit;
                render(picture)
            }));
        }
        threads.into_iter().map(|thread| thread.join()).collect()
    });
    ends.into_iter().map(|end| end.unwrap_or_else(|payload| panic::resume_unwind(payload))).collect()
}
