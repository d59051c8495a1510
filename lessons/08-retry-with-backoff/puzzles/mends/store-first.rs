//! The budget is written first, and the attempt comes after it only if the write can be seen.

// ANCHOR: program
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

pub fn main() {
    let left = AtomicU32::new(1);
    thread::scope(|scope| {
        let retry = |name: &str| {
            let budget = left.load(Ordering::SeqCst);
            left.store(budget.saturating_sub(1), Ordering::SeqCst);
            if budget > 0 && left.load(Ordering::SeqCst) < budget {
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
