//! It waits for one notification, and two threads notify.
use std::sync::{Condvar, Mutex};

pub fn sum(v: Vec<i32>) -> i32 {
    let (left, right) = v.split_at(v.len() / 2);
    let (state, changed) = (Mutex::new((0, 0)), Condvar::new());
    std::thread::scope(|scope| {
        for half in [left, right] {
            let (state, changed) = (&state, &changed);
            scope.spawn(move || {
                let mut state = state.lock().unwrap();
                state.0 += half.iter().sum::<i32>();
                state.1 += 1;
                changed.notify_one();
            });
        }
        let mut state = state.lock().unwrap();
        if state.1 < 2 {
            state = changed.wait(state).unwrap();
        }
        state.0
    })
}
