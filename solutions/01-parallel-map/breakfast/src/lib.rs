//! Breakfast, solved with the three lines that this pattern comes down to: start all, join all, in the order of the list.
//!
//! `join` waits for one thread. While it waits for the eggs, toast and tea go on cooking, so nothing is lost: the call
//! takes as long as the slowest dish. The order of the plates is that of the handles, whoever was ready first.

use std::thread;

/// Cooks every dish of the menu, and returns the plates in the order of the menu.
pub fn cook_all<D, P, F>(menu: Vec<D>, cook: F) -> Vec<P>
where
    D: Send,
    P: Send,
    F: Fn(D) -> P + Sync,
{
    let cook = &cook;
    // Inside a scope, threads may borrow `cook`.
    thread::scope(|scope| {
        // One thread for each dish. After this line, all of them are cooking.
        let cooks: Vec<_> = menu.into_iter().map(|dish| scope.spawn(move || cook(dish))).collect();

        // `unwrap` panics if a cook has. The scope still waits for the others.
        cooks.into_iter().map(|handle| handle.join().unwrap()).collect()
    })
}
