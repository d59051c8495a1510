//! Three entries, of which one can't be read. The others go under the wrong names.

// ANCHOR: program
use std::thread;

pub fn main() {
    let names = ["ada", "bob", "eve"];
    let entries = ["36", "unknown", "41"];
    let age = |entry: &str| entry.parse::<u32>().unwrap();

    let ages: Vec<u32> = thread::scope(|scope| {
        let threads: Vec<_> = entries.into_iter().map(|entry| scope.spawn(move || age(entry))).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    for (name, age) in names.iter().zip(ages) {
        println!("{name} is {age}");
    }
}
// ANCHOR_END: program
