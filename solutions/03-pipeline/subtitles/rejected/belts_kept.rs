//! breaks: clause 6 · finding: leaked-thread
//! The numbers are right. Every station still has both ends of its belts, so the translators wait for ever.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;

use crossbeam::channel::{Receiver, Sender, bounded};

/// A belt between two stations. What one station puts on it, another station takes off. Every station that works at a
/// belt has a clone of it.
#[derive(Debug)]
struct Belt<T> {
    start: Sender<T>,
    end: Receiver<T>,
}

impl<T> Belt<T> {
    /// A belt with room for so many.
    fn new(room: usize) -> Self {
        let (start, end) = bounded(room);
        Self { start, end }
    }

    fn put(&self, it: T) {
        self.start.send(it).expect("the belt runs");
    }

    fn take(&self) -> Option<T> {
        self.end.recv().ok()
    }
}

impl<T> Clone for Belt<T> {
    fn clone(&self) -> Self {
        Self { start: self.start.clone(), end: self.end.clone() }
    }
}

/// What arrives at the screen.
enum Slip<T> {
    /// A translated cue with its number.
    Line(usize, T),
    /// How many cues the film has.
    Total(usize),
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
    let (rough, fine) = (Belt::new(room), Belt::new(room));
    let translate = Arc::new(translate);

    for _ in 0..translators {
        let (rough, fine) = (rough.clone(), fine.clone());
        let translate = Arc::clone(&translate);
        thread::spawn(move || {
            // Until no cue is on the belt and none can come.
            while let Some((number, cue)) = rough.take() {
                fine.put(Slip::Line(number, translate(cue)));
            }
        });
    }

    let screen = fine.clone();
    thread::spawn(move || {
        let mut total = 0;
        for cue in cues {
            rough.put((total, cue));
            total += 1;
        }
        screen.put(Slip::Total(total));
    });

    // Three translators: a line may arrive before its turn.
    let mut early = BTreeMap::new();
    let (mut next, mut total) = (0, None);
    while total != Some(next) {
        match fine.take() {
            Some(Slip::Line(number, line)) => drop(early.insert(number, line)),
            Some(Slip::Total(all)) => total = Some(all),
            None => return,
        }
        while let Some(line) = early.remove(&next) {
            show(line);
            next += 1;
        }
    }
}
