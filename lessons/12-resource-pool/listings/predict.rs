//! Four ways to hold a guard, and how long each of them holds it.

// ANCHOR: program
struct Guard(&'static str);

impl Drop for Guard {
    fn drop(&mut self) {
        println!("{} is back", self.0);
    }
}

fn acquire(name: &'static str) -> Guard {
    println!("{name} is lent");
    Guard(name)
}

fn main() {
    let _ = acquire("one");
    let _two = acquire("two");
    match acquire("three").0.len() {
        5 => println!("in the match"),
        _ => println!("not here"),
    }
    if acquire("four").0.is_empty() {
        println!("not here");
    }
    println!("the end");
}
// ANCHOR_END: program
