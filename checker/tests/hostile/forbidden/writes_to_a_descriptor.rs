//! of: breakfast
//! Writes what looks like a report to the standard output of the process, by its number.

/// Cooks.
pub fn cook_all<D, P, F>(menu: Vec<D>, cook: F) -> Vec<P>
where
    D: Send,
    P: Send,
    F: Fn(D) -> P + Sync,
{
    use std::io::Write;
    use std::os::fd::{AsRawFd, FromRawFd};
    let _ = (std::io::stdout().as_raw_fd(), std::io::stdout().write(b"{}"));
    let cook = &cook;
    std::thread::scope(|scope| {
        let cooks: Vec<_> = menu.into_iter().map(|dish| scope.spawn(move || cook(dish))).collect();
        cooks.into_iter().map(|handle| handle.join().unwrap()).collect()
    })
}
