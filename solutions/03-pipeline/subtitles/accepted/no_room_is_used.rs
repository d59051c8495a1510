//! accepted: a belt without room, over which the reader hands each cue to a translator
//! for when cues are large: none of them waits but the one in the reader's hand.

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
        let (rough_start, rough_end) = bounded(0);
        let (fine_start, fine_end) = bounded(room);

        let reader = scope.spawn(move || {
            for numbered in cues.enumerate() {
                // Nobody translates any more: the screen is gone.
                if rough_start.send(numbered).is_err() {
                    return;
                }
            }
        });
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
