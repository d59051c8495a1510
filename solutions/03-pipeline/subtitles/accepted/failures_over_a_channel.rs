//! accepted: panics have a channel of their own, and the screen selects
//! for when a failure should end the film at once: it does not wait for its turn.

use std::any::Any;
use std::collections::BinaryHeap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use crossbeam::channel::{bounded, select_biased};

/// Ordered by the number, the lowest one first.
struct Line<T>(usize, T);

impl<T> PartialEq for Line<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for Line<T> {}

impl<T> PartialOrd for Line<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Line<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.0.cmp(&self.0)
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
    assert!(translators > 0 && room > 0, "zero");
    thread::scope(|scope| {
        let (cue_start, cue_end) = bounded(room);
        let (line_start, line_end) = bounded(translators);
        let (torn_start, torn_end) = bounded::<Box<dyn Any + Send>>(translators + 1);
        let torn = torn_start.clone();
        scope.spawn(move || {
            let send_all = || {
                let mut number = 0;
                for cue in cues {
                    if cue_start.send((number, cue)).is_err() {
                        break;
                    }
                    number += 1;
                }
            };
            if let Err(payload) = catch_unwind(AssertUnwindSafe(send_all)) {
                let _ = torn.send(payload);
            }
        });
        for _ in 0..translators {
            let (cues, lines, torn, translate) =
                (cue_end.clone(), line_start.clone(), torn_start.clone(), &translate);
            scope.spawn(move || {
                let work = || {
                    for (number, cue) in &cues {
                        if lines.send(Line(number, translate(cue))).is_err() {
                            return;
                        }
                    }
                };
                if let Err(payload) = catch_unwind(AssertUnwindSafe(work)) {
                    let _ = torn.send(payload);
                }
            });
        }
        drop((cue_end, line_start, torn_start));
        let (mut waiting, mut next) = (BinaryHeap::new(), 0);
        loop {
            select_biased! {
                recv(torn_end) -> torn => match torn {
                    Ok(payload) => resume_unwind(payload),
                    // Nobody is left who could fail. What has been translated is in the channel.
                    Err(_) => break,
                },
                recv(line_end) -> line => match line {
                    Ok(line) => waiting.push(line),
                    Err(_) => continue,
                },
            }
            while waiting.peek().is_some_and(|line| line.0 == next) {
                waiting.pop().into_iter().for_each(|line| show(line.1));
                next += 1;
            }
        }
        for line in line_end {
            waiting.push(line);
        }
        waiting.into_sorted_vec().into_iter().rev().for_each(|line| show(line.1));
    });
}
