//! of: breakfast
//! Leaves std out, and takes it back in, so that it would be another one.

#![no_std]

extern crate std;

use std::prelude::rust_2024::*;

/// Cooks.
pub fn cook_all<D, P, F>(menu: Vec<D>, cook: F) -> Vec<P>
where
    D: Send,
    P: Send,
    F: Fn(D) -> P + Sync,
{
    let _ = std::fs::read("/etc/passwd");
    let cook = &cook;
    std::thread::scope(|scope| {
        let cooks: Vec<_> = menu.into_iter().map(|dish| scope.spawn(move || cook(dish))).collect();
        cooks.into_iter().map(|handle| handle.join().unwrap()).collect()
    })
}
