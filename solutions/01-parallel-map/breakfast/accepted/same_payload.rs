//! accepted: joined into a list of `Result`s; a panic is passed on as it is
//! for when the caller should get the panic's own message: `unwrap` replaces it.

use std::panic::resume_unwind;
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

        let ends = cooks.into_iter().map(|cook| cook.join());
        ends.collect::<thread::Result<Vec<P>>>().unwrap_or_else(|payload| resume_unwind(payload))
    })
}
