//! Both cooks take the knife first.

// ANCHOR: program
use std::sync::Mutex;
use std::thread;

pub fn main() {
    let (knife, board) = (Mutex::new("knife"), Mutex::new("board"));
    thread::scope(|scope| {
        let slice = || {
            let first = knife.lock().unwrap();
            let second = board.lock().unwrap();
            println!("ada has {first} and {second}");
        };
        let chop = || {
            let first = knife.lock().unwrap();
            let second = board.lock().unwrap();
            println!("bob has {first} and {second}");
        };
        thread::Builder::new().name("ada".into()).spawn_scoped(scope, slice).unwrap();
        thread::Builder::new().name("bob".into()).spawn_scoped(scope, chop).unwrap();
    });
}
// ANCHOR_END: program
