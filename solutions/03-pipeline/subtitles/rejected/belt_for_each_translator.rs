//! breaks: clause 3 · finding: sequential
//! Each translator has a belt of its own, and the reader deals the cues out in turn.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use crossbeam::channel::bounded;

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
        let (rough_starts, mut rough_ends): (Vec<_>, Vec<_>) =
            (0..translators).map(|_| bounded(room)).unzip();
        let (fine_start, fine_end) = bounded(room);

        let reader = scope.spawn(move || {
            for numbered in cues.enumerate() {
                // Nobody translates any more: the screen is gone.
                if rough_starts[numbered.0 % translators].send(numbered).is_err() {
                    return;
                }
            }
        });
        for _ in 0..translators {
            let (cues, lines, translate) = (rough_ends.remove(0), fine_start.clone(), &translate);
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
        drop(fine_start);

        let (mut early, mut next) = (BTreeMap::new(), 0);
        for (number, line) in fine_end {
            early.insert(number, line);
            while let Some(line) = early.remove(&next) {
                show(line.unwrap_or_else(|payload| resume_unwind(payload)));
                next += 1;
            }
        }
        if let Err(payload) = reader.join() {
            resume_unwind(payload);
        }
    });
}
