//! It waits until all workers but one are done.
use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

fn count(text: &str, into: &mut HashMap<char, usize>) {
    for letter in text.chars().filter(|letter| letter.is_alphabetic()).flat_map(char::to_lowercase) {
        *into.entry(letter).or_default() += 1;
    }
}

pub fn frequency(input: &[&str], worker_count: usize) -> HashMap<char, usize> {
    let state = Arc::new((Mutex::new((HashMap::new(), 0)), Condvar::new()));
    for worker in 0..worker_count {
        let state = Arc::clone(&state);
        let own: Vec<String> =
            input.iter().skip(worker).step_by(worker_count).map(|text| text.to_string()).collect();
        thread::spawn(move || {
            for text in own {
                count(&text, &mut state.0.lock().unwrap().0);
            }
            state.0.lock().unwrap().1 += 1;
            state.1.notify_all();
        });
    }
    let done = state.1.wait_while(state.0.lock().unwrap(), |(_, done)| *done + 1 < worker_count);
    let whole = done.unwrap().0.clone();
    whole
}
