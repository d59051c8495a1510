//! accepted: a queue of our own, from a Mutex and two Condvars
//! for when the queue needs a rule that no channel has.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};
use std::thread;

pub fn print_ahead<I, F>(pages: I, capacity: usize, mut print: F) -> usize
where
    I: Iterator<Item = u64> + Send,
    F: FnMut(u64) + Send,
{
    // The pages that wait, and whether more will come. The page in the hand is in here too.
    let state = Mutex::new((VecDeque::new(), true));
    let (filled, room) = (Condvar::new(), Condvar::new());
    thread::scope(|scope| {
        scope.spawn(|| {
            for page in pages {
                let mut state = state.lock().unwrap();
                state.0.push_back(page);
                filled.notify_one();
                let _state = room.wait_while(state, |(waiting, _)| waiting.len() > capacity).unwrap();
            }
            state.lock().unwrap().1 = false;
            filled.notify_one();
        });
        let mut printed = 0;
        loop {
            let state = state.lock().unwrap();
            let mut state = filled.wait_while(state, |(waiting, more)| waiting.is_empty() && *more).unwrap();
            let Some(page) = state.0.pop_front() else { return printed };
            room.notify_one();
            drop(state);
            print(page);
            printed += 1;
        }
    })
}
