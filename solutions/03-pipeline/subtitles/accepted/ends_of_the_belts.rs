//! accepted: the belts as they were, but each station gets the end that it uses
//! for when as little as possible should change: numbers from the reader, ends with one owner, and a scope.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use crossbeam::channel::{Receiver, Sender, bounded};

struct Belt<T> {
    start: Sender<T>,
    end: Receiver<T>,
}

impl<T> Belt<T> {
    fn new(room: usize) -> Self {
        let (start, end) = bounded(room);
        Self { start, end }
    }
}

enum Slip<T> {
    Line(usize, T),
    Torn(Box<dyn std::any::Any + Send>),
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
    assert!(translators > 0, "somebody has to translate");
    assert!(room > 0, "the belts need room");
    thread::scope(|scope| {
        let (rough, fine) = (Belt::new(room), Belt::new(room));
        let torn = fine.start.clone();
        scope.spawn(move || {
            let mut numbered = cues.enumerate();
            let read = || {
                let all_put = numbered.all(|cue| rough.start.send(cue).is_ok());
                drop(rough.start);
                all_put
            };
            if let Err(payload) = catch_unwind(AssertUnwindSafe(read)) {
                let _ = torn.send(Slip::Torn(payload));
            }
        });
        for _ in 0..translators {
            let (cues, lines, translate) = (rough.end.clone(), fine.start.clone(), &translate);
            scope.spawn(move || {
                while let Ok((number, cue)) = cues.recv() {
                    let slip = match catch_unwind(AssertUnwindSafe(|| translate(cue))) {
                        Ok(line) => Slip::Line(number, line),
                        Err(payload) => Slip::Torn(payload),
                    };
                    if lines.send(slip).is_err() {
                        break;
                    }
                }
            });
        }
        drop((rough.end, fine.start));
        let (mut early, mut next) = (BTreeMap::new(), 0);
        while let Ok(slip) = fine.end.recv() {
            match slip {
                Slip::Line(number, line) => drop(early.insert(number, line)),
                // Whatever is still to be shown comes before it or after it, and need not be shown.
                Slip::Torn(payload) => resume_unwind(payload),
            }
            while let Some(line) = early.remove(&next) {
                show(line);
                next += 1;
            }
        }
    });
}
