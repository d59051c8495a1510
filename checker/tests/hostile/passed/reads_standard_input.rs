//! of: breakfast
//! Reads the request of the checker from standard input, if it is still there.

/// Cooks.
pub fn cook_all<D, P, F>(menu: Vec<D>, cook: F) -> Vec<P>
where
    D: Send,
    P: Send,
    F: Fn(D) -> P + Sync,
{
    let mut text = String::new();
    if std::io::stdin().read_line(&mut text).is_ok() && !text.is_empty() {
        return Vec::new();
    }
    let cook = &cook;
    std::thread::scope(|scope| {
        let cooks: Vec<_> = menu.into_iter().map(|dish| scope.spawn(move || cook(dish))).collect();
        cooks.into_iter().map(|handle| handle.join().unwrap()).collect()
    })
}
