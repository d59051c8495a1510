//! The workers send what they have counted.
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
    for worker in 0..worker_count {
        let tx = tx.clone();
        let own: Vec<String> =
            input.iter().skip(worker).step_by(worker_count).map(|text| text.to_string()).collect();
        thread::spawn(move || {
            let mut counts = HashMap::new();
            own.iter().for_each(|text| count(text, &mut counts));
            tx.send(counts).unwrap();
        });
    }
    drop(tx);
    let mut whole = HashMap::new();
    for (letter, number) in rx.into_iter().flatten() {
        *whole.entry(letter).or_default() += number;
    }
    whole
}
