//! A worker ends when the queue is empty, and the texts come later.
use std::collections::HashMap;
use std::collections::VecDeque;
use std::sync::Mutex;
use std::thread;

fn count(text: &str, into: &mut HashMap<char, usize>) {
    for letter in text.chars().filter(|letter| letter.is_alphabetic()).flat_map(char::to_lowercase) {
        *into.entry(letter).or_default() += 1;
    }
}

pub fn frequency(input: &[&str], worker_count: usize) -> HashMap<char, usize> {
    let (queue, whole) = (Mutex::new(VecDeque::new()), Mutex::new(HashMap::new()));
    thread::scope(|scope| {
        scope.spawn(|| {
            for text in input {
                queue.lock().unwrap().push_back(*text);
            }
        });
        thread::yield_now();
        for _ in 0..worker_count {
            scope.spawn(|| {
                loop {
                    let text = queue.lock().unwrap().pop_front();
                    let Some(text) = text else { return };
                    count(text, &mut whole.lock().unwrap());
                }
            });
        }
    });
    whole.into_inner().unwrap()
}
