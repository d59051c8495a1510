//! breaks: clause 2 · finding: sequential
//! The first half has been rewritten: each thread is joined as soon as it was started.

use std::thread;

/// Cooks every dish of the menu, and returns the plates in the order of the menu.
pub fn cook_all<D, P, F>(menu: Vec<D>, cook: F) -> Vec<P>
where
    D: Send,
    P: Send,
    F: Fn(D) -> P + Sync,
{
    thread::scope(|scope| menu.into_iter().map(|dish| scope.spawn(|| cook(dish)).join().unwrap()).collect())
}
