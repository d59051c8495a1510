//! accepted: each cue travels with a channel for its answer, and the screen holds the receivers in the order of the cues
//! for when no numbers are wanted: the order of a queue is never lost, so nothing has to be restored.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc;
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
    assert!(translators > 0 && room > 0);
    thread::scope(|scope| {
        let (to_translate, translating) = bounded(room);
        let (to_screen, screen) = mpsc::channel();
        let reader = scope.spawn(move || {
            for cue in cues {
                let (answer, answered) = mpsc::sync_channel(1);
                // The screen is told first: it is the one that ends early.
                if to_screen.send(answered).is_err() || to_translate.send((cue, answer)).is_err() {
                    return;
                }
            }
        });
        for _ in 0..translators {
            let (translating, translate) = (translating.clone(), &translate);
            scope.spawn(move || {
                for (cue, answer) in translating {
                    let _ = answer.send(catch_unwind(AssertUnwindSafe(|| translate(cue))));
                }
            });
        }
        drop(translating);
        for answered in screen {
            match answered.recv().expect("every cue is answered") {
                Ok(line) => show(line),
                Err(payload) => resume_unwind(payload),
            }
        }
        if let Err(payload) = reader.join() {
            resume_unwind(payload);
        }
    });
}
