//! The workers take the next text from a counter, and add to one map.
use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

fn count(text: &str, into: &mut HashMap<char, usize>) {
    for letter in text.chars().filter(|letter| letter.is_alphabetic()).flat_map(char::to_lowercase) {
        *into.entry(letter).or_default() += 1;
    }
}

pub fn frequency(input: &[&str], worker_count: usize) -> HashMap<char, usize> {
    let (next, whole) = (AtomicUsize::new(0), Mutex::new(HashMap::new()));
    thread::scope(|scope| {
        for _ in 0..worker_count {
            scope.spawn(|| {
                while let Some(text) = input.get(next.fetch_add(1, Ordering::Relaxed)) {
                    count(text, &mut whole.lock().unwrap());
                }
            });
        }
    });
    whole.into_inner().unwrap()
}
