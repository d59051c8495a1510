//! of: breakfast
//! Takes Arc and its counts from `alloc`, and atomics from `core`, past std.

/// Cooks.
pub fn cook_all<D, P, F>(menu: Vec<D>, cook: F) -> Vec<P>
where
    D: Send,
    P: Send,
    F: Fn(D) -> P + Sync,
{
    let count = alloc::sync::Arc::new(core::sync::atomic::AtomicUsize::new(0));
    count.fetch_add(menu.len(), core::sync::atomic::Ordering::SeqCst);
    let cook = &cook;
    std::thread::scope(|scope| {
        let cooks: Vec<_> = menu.into_iter().map(|dish| scope.spawn(move || cook(dish))).collect();
        cooks.into_iter().map(|handle| handle.join().unwrap()).collect()
    })
}

extern crate alloc;
