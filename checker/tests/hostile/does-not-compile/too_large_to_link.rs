//! of: breakfast
//! Has more data than a program can be linked with, so that the linker fails.

/// Cooks.
pub fn cook_all<D, P, F>(menu: Vec<D>, cook: F) -> Vec<P>
where
    D: Send,
    P: Send,
    F: Fn(D) -> P + Sync,
{
    if menu.len() > 1 << 40 && BIG[menu.len()] + LARGE[menu.len()] > 0 {
        return Vec::new();
    }
    let cook = &cook;
    std::thread::scope(|scope| {
        let cooks: Vec<_> = menu.into_iter().map(|dish| scope.spawn(move || cook(dish))).collect();
        cooks.into_iter().map(|handle| handle.join().unwrap()).collect()
    })
}

pub static BIG: [u8; 1_300_000_000] = [0; 1_300_000_000];
pub static LARGE: [u8; 1_300_000_000] = [0; 1_300_000_000];
