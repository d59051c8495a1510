//! It takes what is in the channel, and stops when it is empty.
use std::collections::HashMap;
use std::sync::mpsc;
use std::thread;

fn count(text: &str, into: &mut HashMap<char, usize>) {
    for letter in text.chars().filter(|letter| letter.is_alphabetic()).flat_map(char::to_lowercase) {
        *into.entry(letter).or_default() += 1;
    }
}

pub fn frequency(input: &[&str], worker_count: usize) -> HashMap<char, usize> {
    let (tx, rx) = mpsc::channel();
    let mut whole = HashMap::new();
    thread::scope(|scope| {
        let chunk = input.len().div_ceil(worker_count).max(1);
        let workers: Vec<_> = input
            .chunks(chunk)
            .map(|chunk| {
                let tx = tx.clone();
                scope.spawn(move || {
                    let mut own = HashMap::new();
                    chunk.iter().for_each(|text| count(text, &mut own));
                    tx.send(own).unwrap();
                })
            })
            .collect();
        if let Some(first) = workers.into_iter().next() {
            first.join().unwrap();
        }
        for (letter, number) in rx.try_iter().flatten() {
            *whole.entry(letter).or_default() += number;
        }
    });
    whole
}
