//! `fetch_sub` takes one away, whatever the number is by then.

// ANCHOR: program
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

pub fn main() {
    let left = AtomicU32::new(1);
    thread::scope(|scope| {
        let retry = |name: &str| {
            let budget = left.load(Ordering::SeqCst);
            if budget > 0 {
                left.fetch_sub(1, Ordering::SeqCst);
                println!("{name} tries again");
            }
        };
        for name in ["ada", "bob"] {
            let client = thread::Builder::new().name(name.to_owned());
            client.spawn_scoped(scope, move || retry(name)).unwrap();
        }
    });
}
// ANCHOR_END: program
