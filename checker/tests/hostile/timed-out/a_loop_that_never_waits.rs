//! of: breakfast
//! Looks at a number that nothing changes, for ever.

/// Cooks.
pub fn cook_all<D, P, F>(menu: Vec<D>, cook: F) -> Vec<P>
where
    D: Send,
    P: Send,
    F: Fn(D) -> P + Sync,
{
    while std::hint::black_box(menu.len()) > 2 {}
    let cook = &cook;
    std::thread::scope(|scope| {
        let cooks: Vec<_> = menu.into_iter().map(|dish| scope.spawn(move || cook(dish))).collect();
        cooks.into_iter().map(|handle| handle.join().unwrap()).collect()
    })
}
