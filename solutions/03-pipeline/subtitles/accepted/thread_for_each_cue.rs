//! accepted: a thread for each cue, and a number of permits
//! for when translators are only a number: how many may translate at once.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossbeam::channel::{bounded, unbounded};

struct Gone<'a>(&'a AtomicBool);

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Reads the cues, has them translated, and shows the lines in order.
pub fn subtitle<I, T, F, S>(cues: I, translators: usize, room: usize, translate: F, mut show: S)
where
    I: Iterator + Send + 'static,
    I::Item: Send + 'static,
    T: Send + 'static,
    F: Fn(I::Item) -> T + Send + Sync + 'static,
    S: FnMut(T),
{
    assert!(translators > 0, "zero translators");
    assert!(room > 0, "zero room");
    let gone = AtomicBool::new(false);
    thread::scope(|scope| {
        let (desk, desks) = bounded(translators);
        let (done, lines) = unbounded();
        // Set when the screen ends, in whichever way.
        let gone = Gone(&gone);
        let (translate, is_gone) = (&translate, gone.0);
        scope.spawn(move || {
            let mut cues = cues;
            let mut started = 0;
            loop {
                let cue = match catch_unwind(AssertUnwindSafe(|| cues.next())) {
                    Ok(Some(cue)) => cue,
                    Ok(None) => return,
                    Err(payload) => return drop(done.send((started, Err(payload)))),
                };
                if desk.send(()).is_err() || is_gone.load(Ordering::SeqCst) {
                    return;
                }
                let (done, desks, number) = (done.clone(), desks.clone(), started);
                started += 1;
                scope.spawn(move || {
                    let line = catch_unwind(AssertUnwindSafe(|| translate(cue)));
                    let _ = desks.recv();
                    let _ = done.send((number, line));
                });
            }
        });
        let (mut early, mut next) = (BTreeMap::new(), 0);
        while let Ok((number, line)) = lines.recv() {
            early.insert(number, line);
            while let Some(line) = early.remove(&next) {
                next += 1;
                match line {
                    Ok(line) => show(line),
                    Err(payload) => resume_unwind(payload),
                }
            }
        }
    });
}
