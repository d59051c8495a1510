//! of: breakfast
//! Needs more memory to be compiled than there is for that, and leaves 300 MB where it was.

/// Cooks.
pub fn cook_all<D, P, F>(menu: Vec<D>, cook: F) -> Vec<P>
where
    D: Send,
    P: Send,
    F: Fn(D) -> P + Sync,
{
    if menu.len() == usize::MAX {
        return vec![cook(menu.into_iter().nth(BIG[7] as usize).unwrap())];
    }
    let cook = &cook;
    std::thread::scope(|scope| {
        let cooks: Vec<_> = menu.into_iter().map(|dish| scope.spawn(move || cook(dish))).collect();
        cooks.into_iter().map(|handle| handle.join().unwrap()).collect()
    })
}

pub static BIG: [u8; 150_000_000] = [7; 150_000_000];
