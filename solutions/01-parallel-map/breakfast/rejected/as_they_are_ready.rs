//! breaks: clause 1 · finding: wrong-answer
//! The plates come over a channel, in the order in which they are ready.

use std::sync::mpsc;
use std::thread;

/// Cooks every dish of the menu, and returns the plates in the order of the menu.
pub fn cook_all<D, P, F>(menu: Vec<D>, cook: F) -> Vec<P>
where
    D: Send,
    P: Send,
    F: Fn(D) -> P + Sync,
{
    let (sender, ready) = mpsc::channel();
    thread::scope(|scope| {
        for dish in menu {
            let (sender, cook) = (sender.clone(), &cook);
            scope.spawn(move || sender.send(cook(dish)).unwrap());
        }
    });
    drop(sender);
    ready.into_iter().collect()
}
