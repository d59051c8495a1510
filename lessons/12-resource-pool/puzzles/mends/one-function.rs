//! Both cooks take their two things in one function.

// ANCHOR: program
use std::sync::Mutex;
use std::thread;

pub fn main() {
    let (knife, board) = (Mutex::new("knife"), Mutex::new("board"));
    let take_both = |name: &str, one: &Mutex<&str>, other: &Mutex<&str>| {
        let first = one.lock().unwrap();
        let second = other.lock().unwrap();
        println!("{name} has {first} and {second}");
    };
    thread::scope(|scope| {
        let slice = || take_both("ada", &knife, &board);
        let chop = || take_both("bob", &board, &knife);
        thread::Builder::new().name("ada".into()).spawn_scoped(scope, slice).unwrap();
        thread::Builder::new().name("bob".into()).spawn_scoped(scope, chop).unwrap();
    });
}
// ANCHOR_END: program
