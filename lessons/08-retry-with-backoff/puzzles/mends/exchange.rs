//! `compare_exchange` writes only if the number is still the same.

// ANCHOR: program
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

pub fn main() {
    let left = AtomicU32::new(1);
    thread::scope(|scope| {
        let retry = |name: &str| {
            let budget = left.load(Ordering::SeqCst);
            let taken = budget > 0
                && left.compare_exchange(budget, budget - 1, Ordering::SeqCst, Ordering::SeqCst).is_ok();
            if taken {
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
