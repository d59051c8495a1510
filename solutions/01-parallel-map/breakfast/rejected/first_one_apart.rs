//! breaks: clause 1 · finding: panicked
//! The first plate is taken on its own, as if there always were one.

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

        let mut cooks = cooks.into_iter();
        let mut plates = vec![cooks.next().unwrap().join().unwrap()];
        plates.extend(cooks.map(|cook| cook.join().unwrap()));
        plates
    })
}
