//! breaks: clause 2 · finding: too-late
//! One thread reads and shows. While it waits for the next cue, no line is shown.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use crossbeam::channel::{TrySendError, bounded};

/// Reads the cues, has them translated, and shows the lines in order.
pub fn subtitle<I, T, F, S>(cues: I, translators: usize, room: usize, translate: F, mut show: S)
where
    I: Iterator + Send + 'static,
    I::Item: Send + 'static,
    T: Send + 'static,
    F: Fn(I::Item) -> T + Send + Sync + 'static,
    S: FnMut(T),
{
    assert!(translators > 0, "somebody has to translate");
    assert!(room > 0, "the belts need room");

    thread::scope(|scope| {
        let (rough_start, rough_end) = bounded(room);
        let (fine_start, fine_end) = bounded(room);

        for _ in 0..translators {
            let (cues, lines, translate) = (rough_end.clone(), fine_start.clone(), &translate);
            scope.spawn(move || {
                for (number, cue) in cues {
                    // A panic travels to the screen as a line does, so that its turn comes too.
                    let line = catch_unwind(AssertUnwindSafe(|| translate(cue)));
                    if lines.send((number, line)).is_err() {
                        return;
                    }
                }
            });
        }
        // The translators have clones.
        drop((rough_end, fine_start));

        let (mut early, mut next) = (BTreeMap::new(), 0);
        let mut cues = cues.enumerate();
        let mut show_all = |lines: &mut dyn Iterator<Item = (usize, thread::Result<T>)>| {
            for (number, line) in lines {
                early.insert(number, line);
                while let Some(line) = early.remove(&next) {
                    show(line.unwrap_or_else(|payload| resume_unwind(payload)));
                    next += 1;
                }
            }
        };
        while let Some(mut cue) = cues.next() {
            while let Err(TrySendError::Full(back)) = rough_start.try_send(cue) {
                cue = back;
                show_all(&mut fine_end.recv().into_iter());
            }
            show_all(&mut fine_end.try_iter());
        }
        drop(rough_start);
        show_all(&mut fine_end.into_iter());
    });
}
