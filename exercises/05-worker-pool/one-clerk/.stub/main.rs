//! Three questions of three types to one clerk. The last answer is read first.

use one_clerk::Clerk;

fn main() {
    let clerk = Clerk::new();
    let sum = clerk.ask(|| (1..=100).sum::<u32>());
    let word = clerk.ask(|| "pool".to_uppercase());
    let even = clerk.ask(|| "pool".len().is_multiple_of(2));
    println!("even: {}", even.recv().unwrap());
    println!("word: {}", word.recv().unwrap());
    println!("sum: {}", sum.recv().unwrap());
}
