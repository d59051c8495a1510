//! Two workers may take the same text.
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
                loop {
                    let place = next.load(Ordering::SeqCst);
                    next.store(place + 1, Ordering::SeqCst);
                    let Some(text) = input.get(place) else { return };
                    count(text, &mut whole.lock().unwrap());
                }
            });
        }
    });
    whole.into_inner().unwrap()
}
