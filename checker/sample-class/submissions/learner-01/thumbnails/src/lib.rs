//! Handed in by learner 1, who is invented.

use std::sync::mpsc;
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
    let (report, reports) = mpsc::channel();
    let mut done: Vec<(usize, T)> = Vec::new();
    let mut pictures = pictures.into_iter().enumerate();
    thread::scope(|scope| {
        let mut desks = Vec::new();
        for worker in 0..workers {
            let (desk, tasks) = mpsc::channel::<(usize, P)>();
            let report = report.clone();
            scope.spawn(move || {
                for (place, picture) in tasks {
                    let thumbnail = render(picture);
                    report.send((worker, (place, thumbnail))).unwrap();
                }
            });
            if let Some(first) = pictures.next() {
                desk.send(first).unwrap();
                desks.push(Some(desk));
            }
        }
        drop(report);
        for (worker, thumbnail) in &reports {
            done.push(thumbnail);
            match pictures.next() {
                // It may be that there is no next: then the desk goes, and with it the worker.
                Some(next) => desks[worker].as_ref().unwrap().send(next).unwrap(),
                None => desks[worker] = None,
            }
        }
    });
    done.sort_unstable_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, thumbnail)| thumbnail).collect()
}
