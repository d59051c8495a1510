//! breaks: clause 2 · finding: sequential
//! Without threads: right, and as slow as one cook.

/// Cooks every dish of the menu, and returns the plates in the order of the menu.
pub fn cook_all<D, P, F>(menu: Vec<D>, cook: F) -> Vec<P>
where
    D: Send,
    P: Send,
    F: Fn(D) -> P + Sync,
{
    menu.into_iter().map(cook).collect()
}
