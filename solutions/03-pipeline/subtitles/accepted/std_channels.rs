//! accepted: channels of std, a receiver behind a Mutex, and a window of lines
//! for when no dependency is wanted: the lock is held while a translator waits for a cue, and never while it translates.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::mpsc::{channel, sync_channel};
use std::thread;

/// Reads the cues, has them translated, and shows the lines in order.
pub fn subtitle<I, T, F, S>(cues: I, translators: usize, room: usize, translate: F, mut show: S)
where
    I: Iterator + Send + 'static,
    I::Item: Send + 'static,
    T: Send + 'static,
    F: Fn(I::Item) -> T + Send + Sync + 'static,
    S: FnMut(T),
{
    assert!(translators >= 1 && room >= 1, "translators and room are needed");
    let (cue_in, cue_out) = sync_channel(room);
    let (line_in, line_out) = channel();
    let cue_out = Mutex::new(cue_out);
    let torn = thread::scope(|scope| {
        let failed = line_in.clone();
        scope.spawn(move || {
            let feed = || {
                let mut last = 0;
                for (number, cue) in (0..).zip(cues) {
                    last = number + 1;
                    if cue_in.send((number, cue)).is_err() {
                        break;
                    }
                }
                last
            };
            if let Err(payload) = catch_unwind(AssertUnwindSafe(feed)) {
                let _ = failed.send((None, Err(payload)));
            }
        });
        let cue_out = std::sync::Arc::new(cue_out);
        for _ in 0..translators {
            let (cue_out, line_in, translate) = (cue_out.clone(), line_in.clone(), &translate);
            scope.spawn(move || {
                loop {
                    let next = cue_out.lock().unwrap().recv();
                    let Ok((number, cue)) = next else { return };
                    let line = catch_unwind(AssertUnwindSafe(|| translate(cue)));
                    if line_in.send((Some(number), line)).is_err() {
                        return;
                    }
                }
            });
        }
        drop((cue_out, line_in));
        let mut window: VecDeque<Option<T>> = VecDeque::new();
        let mut shown = 0;
        for (number, line) in line_out {
            let (number, line) = match (number, line) {
                (Some(number), Ok(line)) => (number, line),
                (_, Err(payload)) => return Some(payload),
                (None, Ok(_)) => unreachable!("a line has a number"),
            };
            while window.len() <= number - shown {
                window.push_back(None);
            }
            window[number - shown] = Some(line);
            while let Some(line) = window.front_mut().and_then(Option::take) {
                window.pop_front();
                shown += 1;
                show(line);
            }
        }
        None
    });
    if let Some(payload) = torn {
        resume_unwind(payload);
    }
}
