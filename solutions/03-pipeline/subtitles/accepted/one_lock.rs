//! accepted: one Mutex around both belts, and a Condvar for whoever waits
//! for when the rules of the belts are to be seen in one place.

use std::any::Any;
use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Condvar, Mutex};
use std::thread;

struct State<C, T> {
    cues: VecDeque<(usize, C)>,
    lines: BTreeMap<usize, T>,
    pulled: usize,
    all_pulled: bool,
    torn: Option<Box<dyn Any + Send>>,
    stopped: bool,
}

struct Desk<C, T> {
    state: Mutex<State<C, T>>,
    changed: Condvar,
}

impl<C, T> Desk<C, T> {
    fn when<R>(&self, mut take: impl FnMut(&mut State<C, T>) -> Option<R>) -> R {
        let mut state = self.state.lock().unwrap();
        loop {
            if let Some(taken) = take(&mut state) {
                self.changed.notify_all();
                return taken;
            }
            state = self.changed.wait(state).unwrap();
        }
    }

    fn stop(&self, torn: Option<Box<dyn Any + Send>>) {
        self.when(|state| {
            state.stopped = true;
            Some(())
        });
        if let Some(torn) = torn {
            self.state.lock().unwrap().torn.get_or_insert(torn);
        }
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
    assert!(translators > 0, "nobody translates");
    assert!(room > 0, "no room");
    let state = State {
        cues: VecDeque::new(),
        lines: BTreeMap::new(),
        pulled: 0,
        all_pulled: false,
        torn: None,
        stopped: false,
    };
    let desk = Desk { state: Mutex::new(state), changed: Condvar::new() };
    thread::scope(|scope| {
        let (desk, translate) = (&desk, &translate);
        scope.spawn(move || {
            let mut cues = cues;
            loop {
                let cue = match catch_unwind(AssertUnwindSafe(|| cues.next())) {
                    Ok(Some(cue)) => cue,
                    Ok(None) => break,
                    Err(torn) => return desk.stop(Some(torn)),
                };
                let mut hand = Some(cue);
                let stopped = desk.when(|state| {
                    if !state.stopped && state.cues.len() >= room {
                        return None;
                    }
                    if let Some(cue) = hand.take_if(|_| !state.stopped) {
                        state.cues.push_back((state.pulled, cue));
                        state.pulled += 1;
                    }
                    Some(state.stopped)
                });
                if stopped {
                    return;
                }
            }
            desk.when(|state| {
                state.all_pulled = true;
                Some(())
            });
        });
        for _ in 0..translators {
            scope.spawn(move || {
                let take = |state: &mut State<I::Item, T>| {
                    if state.stopped {
                        return Some(None);
                    }
                    let cue = state.cues.pop_front();
                    if cue.is_some() || state.all_pulled { Some(cue) } else { None }
                };
                while let Some((number, cue)) = desk.when(take) {
                    match catch_unwind(AssertUnwindSafe(|| translate(cue))) {
                        Ok(line) => {
                            desk.state.lock().unwrap().lines.insert(number, line);
                            desk.changed.notify_all();
                        }
                        Err(torn) => return desk.stop(Some(torn)),
                    }
                }
            });
        }
        let mut next = 0;
        let line = |next: usize| {
            desk.when(|state| {
                if state.stopped || state.all_pulled && next == state.pulled {
                    return Some(None);
                }
                state.lines.remove(&next).map(Some)
            })
        };
        while let Some(line) = line(next) {
            next += 1;
            if let Err(torn) = catch_unwind(AssertUnwindSafe(|| show(line))) {
                desk.stop(Some(torn));
            }
        }
    });
    if let Some(torn) = desk.state.into_inner().unwrap().torn {
        resume_unwind(torn);
    }
}
