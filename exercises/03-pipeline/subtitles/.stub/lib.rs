//! Subtitles: cues are read, translated by several translators, and shown in order.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
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
    let (rough, fine) = (Belt::new(room), Belt::new(room));
    let (translate, taken) = (Arc::new(translate), Arc::new(AtomicUsize::new(0)));

    for _ in 0..translators {
        let (rough, fine) = (rough.clone(), fine.clone());
        let (translate, taken) = (Arc::clone(&translate), Arc::clone(&taken));
        thread::spawn(move || {
            // Until no cue is on the belt and none can come.
            while let Some(cue) = rough.take() {
                let number = taken.fetch_add(1, Ordering::Relaxed);
                fine.put(Slip::Line(number, translate(cue)));
            }
        });
    }

    let screen = fine.clone();
    thread::spawn(move || {
        let mut total = 0;
        for cue in cues {
            rough.put(cue);
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

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, mpsc};

    use super::*;

    /// Farid's test: the second line is ready before the first one.
    #[test]
    fn a_line_that_is_ready_before_its_turn() {
        let (started, starts) = mpsc::channel();
        let (ready, second_is_ready) = mpsc::channel();
        let (started, ready, second_is_ready) =
            (Mutex::new(started), Mutex::new(ready), Mutex::new(second_is_ready));

        // A cue is read when the one before it is in translation.
        let cues = (1..=3).inspect(move |cue| {
            if *cue > 1 {
                starts.recv().unwrap();
            }
        });
        let translate = move |cue| {
            let _ = started.lock().unwrap().send(());
            match cue {
                1 => second_is_ready.lock().unwrap().recv().unwrap(),
                2 => ready.lock().unwrap().send(()).unwrap(),
                _ => {}
            }
            format!("line {cue}")
        };
        let mut screen = Vec::new();
        subtitle(cues, 3, 5, translate, |line| screen.push(line));
        assert_eq!(screen, ["line 1", "line 2", "line 3"]);
    }
}
