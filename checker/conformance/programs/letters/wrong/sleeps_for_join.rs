//! It sleeps, and then assumes that the workers have finished.
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

fn count(text: &str, into: &mut HashMap<char, usize>) {
    for letter in text.chars().filter(|letter| letter.is_alphabetic()).flat_map(char::to_lowercase) {
        *into.entry(letter).or_default() += 1;
    }
}

pub fn frequency(input: &[&str], worker_count: usize) -> HashMap<char, usize> {
    let whole = Arc::new(Mutex::new(HashMap::new()));
    for worker in 0..worker_count {
        let whole = Arc::clone(&whole);
        let own: Vec<String> =
            input.iter().skip(worker).step_by(worker_count).map(|text| text.to_string()).collect();
        thread::spawn(move || {
            let mut counts = HashMap::new();
            own.iter().for_each(|text| count(text, &mut counts));
            for (letter, number) in counts {
                *whole.lock().unwrap().entry(letter).or_default() += number;
            }
        });
    }
    thread::sleep(Duration::from_millis(20));
    let whole = whole.lock().unwrap();
    whole.clone()
}
