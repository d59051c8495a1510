//! The subtitles, repaired: a number that is given where the order is known, and ends that somebody owns.
//!
//! What was wrong first: a translator took a cue, and then it took a number. Another translator could come in between, and
//! then the earlier cue had the later number. The screen put the lines in the order of the numbers, faithfully. Now the
//! thread that reads gives the numbers, since it alone sees the cues in their order.
//!
//! What was wrong second: every station had both ends of its belts. A translator waited for a cue, and kept the sender
//! that could have sent one, so its belt never closed. The call could only end by counting, and left its threads behind.
//! A translator that panicked was missing in the count for ever. Now each thread owns the ends that it uses. Dropping
//! them tells the others of an end, in both directions, and a scope waits for the threads.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use crossbeam::channel::bounded;

/// Reads the cues of a film, has them translated by `translators` threads, and shows the lines in the order of the cues.
///
/// * `cues`: the cues in their order. Its `next` may be slow.
/// * `room`: how many cues may wait for a translator.
/// * `translate`: translates one cue. It may be slow, and it may panic.
/// * `show`: shows one line.
///
/// # Panics
/// If `translators` or `room` is 0. If `cues`, `translate` or `show` panics, with the same payload.
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
