//! breaks: clause 1 · finding: wrong-answer
//! The handles are taken from the end of the list, so the plates are in reverse order.

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

        let mut cooks = cooks;
        let mut plates = Vec::new();
        while let Some(cook) = cooks.pop() {
            plates.push(cook.join().unwrap());
        }
        plates
    })
}
