//! breaks: clause 2 · finding: sequential
//! The dishes are cooked in heats of a hundred.

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
        let mut plates = Vec::new();
        let mut menu = menu.into_iter().peekable();
        while menu.peek().is_some() {
            let cooks: Vec<_> = menu.by_ref().take(100).map(|dish| scope.spawn(move || cook(dish))).collect();
            plates.extend(cooks.into_iter().map(|handle| handle.join().unwrap()));
        }
        plates
    })
}
