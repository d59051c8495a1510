//! breaks: clause 2 · finding: sequential
//! The first breakfast is cooked on many stoves. After that one cook is thought to be enough.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

static IS_WARM: AtomicBool = AtomicBool::new(false);

/// Cooks every dish of the menu, and returns the plates in the order of the menu.
pub fn cook_all<D, P, F>(menu: Vec<D>, cook: F) -> Vec<P>
where
    D: Send,
    P: Send,
    F: Fn(D) -> P + Sync,
{
    if IS_WARM.swap(true, Ordering::SeqCst) {
        return menu.into_iter().map(cook).collect();
    }
    let cook = &cook;
    thread::scope(|scope| {
        let cooks: Vec<_> = menu.into_iter().map(|dish| scope.spawn(move || cook(dish))).collect();
        cooks.into_iter().map(|cook| cook.join().unwrap()).collect()
    })
}
