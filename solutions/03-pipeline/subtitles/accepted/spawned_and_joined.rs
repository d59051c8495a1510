//! accepted: threads with handles that are joined, channels of std, and the payload from `join`
//! for when threads may have to outlive the function that starts them; here a guard sees that they do not.

use std::collections::VecDeque;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// Joins the threads, whichever way the call ends.
struct Crew(Vec<JoinHandle<()>>);

impl Crew {
    fn join(&mut self) {
        let ends: Vec<_> = self.0.drain(..).map(JoinHandle::join).collect();
        if let Some(Err(payload)) = ends.into_iter().find(Result::is_err)
            && !thread::panicking()
        {
            resume_unwind(payload);
        }
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.join();
    }
}

/// Set when a translator ends, well or not.
struct Gone(Arc<AtomicBool>);

impl Drop for Gone {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.store(true, Ordering::SeqCst);
        }
    }
}

fn translator<C, T>(
    cues: &Mutex<Receiver<(usize, C)>>,
    lines: &SyncSender<(usize, T)>,
    torn: &Arc<AtomicBool>,
    translate: &impl Fn(C) -> T,
) {
    let _gone = Gone(Arc::clone(torn));
    loop {
        let cue = cues.lock().unwrap().recv();
        let Ok((number, cue)) = cue else { return };
        if torn.load(Ordering::SeqCst) || lines.send((number, translate(cue))).is_err() {
            return;
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
    assert_ne!(translators, 0);
    assert_ne!(room, 0);
    let mut crew = Crew(Vec::new());
    let (to_translators, from_reader) = sync_channel(room);
    let (to_screen, from_translators) = sync_channel(room);
    let (from_reader, translate) = (Arc::new(Mutex::new(from_reader)), Arc::new(translate));
    let torn = Arc::new(AtomicBool::new(false));
    let stop = Arc::clone(&torn);
    crew.0.push(thread::spawn(move || {
        for numbered in cues.enumerate() {
            if to_translators.send(numbered).is_err() || stop.load(Ordering::SeqCst) {
                return;
            }
        }
    }));
    for _ in 0..translators {
        let (cues, lines, translate) = (Arc::clone(&from_reader), to_screen.clone(), Arc::clone(&translate));
        let torn = Arc::clone(&torn);
        crew.0.push(thread::spawn(move || translator(&cues, &lines, &torn, &*translate)));
    }
    drop((from_reader, to_screen, translate));
    let mut window = VecDeque::new();
    let mut first = 0;
    for (number, line) in from_translators {
        let place = number - first;
        if window.len() <= place {
            window.resize_with(place + 1, || None);
        }
        window[place] = Some(line);
        while window.front().is_some_and(Option::is_some) {
            first += 1;
            window.pop_front().flatten().into_iter().for_each(&mut show);
        }
    }
    crew.join();
}
