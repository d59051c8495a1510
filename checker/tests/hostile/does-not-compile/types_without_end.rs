//! of: breakfast
//! Has a type that the compiler never comes to the end of.

/// Cooks.
pub fn cook_all<D, P, F>(menu: Vec<D>, cook: F) -> Vec<P>
where
    D: Send,
    P: Send,
    F: Fn(D) -> P + Sync,
{
    grow(Box::new(1u8), 0);
    let cook = &cook;
    std::thread::scope(|scope| {
        let cooks: Vec<_> = menu.into_iter().map(|dish| scope.spawn(move || cook(dish))).collect();
        cooks.into_iter().map(|handle| handle.join().unwrap()).collect()
    })
}

fn grow<T>(it: T, n: u32) {
    if n < 100 {
        grow(Box::new((it, n)), n + 1);
    }
}
