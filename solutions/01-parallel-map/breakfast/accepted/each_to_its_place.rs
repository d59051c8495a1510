//! accepted: a channel, over which each plate travels with its place
//! for when you want to know of each plate as soon as it is ready.

use std::sync::mpsc;
use std::thread;

/// Cooks every dish of the menu, and returns the plates in the order of the menu.
pub fn cook_all<D, P, F>(menu: Vec<D>, cook: F) -> Vec<P>
where
    D: Send,
    P: Send,
    F: Fn(D) -> P + Sync,
{
    let mut plates: Vec<Option<P>> = menu.iter().map(|_| None).collect();
    let (sender, ready) = mpsc::channel();
    thread::scope(|scope| {
        for (place, dish) in menu.into_iter().enumerate() {
            let (sender, cook) = (sender.clone(), &cook);
            scope.spawn(move || sender.send((place, cook(dish))).unwrap());
        }
        drop(sender);
        for (place, plate) in ready {
            plates[place] = Some(plate);
        }
    });
    plates.into_iter().map(|plate| plate.unwrap()).collect()
}
