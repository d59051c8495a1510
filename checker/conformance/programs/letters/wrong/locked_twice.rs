//! The map is locked to read and once more to write: counts are lost.
use std::collections::HashMap;
use std::sync::Mutex;
use std::thread;

fn count(text: &str, into: &mut HashMap<char, usize>) {
    for letter in text.chars().filter(|letter| letter.is_alphabetic()).flat_map(char::to_lowercase) {
        *into.entry(letter).or_default() += 1;
    }
}

pub fn frequency(input: &[&str], worker_count: usize) -> HashMap<char, usize> {
    let whole = Mutex::new(HashMap::new());
    thread::scope(|scope| {
        for chunk in input.chunks(input.len().div_ceil(worker_count).max(1)) {
            let whole = &whole;
            scope.spawn(move || {
                let mut own = HashMap::new();
                chunk.iter().for_each(|text| count(text, &mut own));
                for (letter, number) in own {
                    let seen = whole.lock().unwrap().get(&letter).copied().unwrap_or(0);
                    whole.lock().unwrap().insert(letter, seen + number);
                }
            });
        }
    });
    whole.into_inner().unwrap()
}
