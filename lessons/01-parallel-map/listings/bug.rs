//! Three entries, of which one is not a number. The others go under the wrong names.

// ANCHOR: program
use std::thread;
use std::time::Duration;

pub fn main() {
    let names = ["ada", "bob", "eve"];
    let entries = ["36", "unknown", "41"];
    let age = |entry: &str| {
        thread::sleep(Duration::from_millis(100)); // a slow disk
        let age: u32 = entry.parse().unwrap();
        println!("read {age}");
        age
    };
    let ages: Vec<u32> = thread::scope(|scope| {
        let threads = entries.map(|entry| scope.spawn(move || age(entry)));
        let mut ages = Vec::new();
        for thread in threads {
            if let Ok(age) = thread.join() {
                ages.push(age);
            }
        }
        ages
    });
    for (name, age) in names.iter().zip(ages) {
        println!("{name} is {age}");
    }
}
// ANCHOR_END: program
