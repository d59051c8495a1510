//! of: breakfast
//! Prints a line of 16 MiB for one menu, then panics.

/// Cooks.
pub fn cook_all<D, P, F>(menu: Vec<D>, cook: F) -> Vec<P>
where
    D: Send,
    P: Send,
    F: Fn(D) -> P + Sync,
{
    if menu.len() == 3 {
        println!("{}", "x".repeat(16 << 20));
        panic!("after it");
    }
    let cook = &cook;
    std::thread::scope(|scope| {
        let cooks: Vec<_> = menu.into_iter().map(|dish| scope.spawn(move || cook(dish))).collect();
        cooks.into_iter().map(|handle| handle.join().unwrap()).collect()
    })
}
