//! accepted: a loop that joins one thread and puts its plate on the list
//! for when you want to read it step by step, or do more with each plate.

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

        let mut plates = Vec::new();
        for cook in cooks {
            plates.push(cook.join().unwrap());
        }
        plates
    })
}
