//! of: breakfast
//! Would set the title of the terminal and clear it, from a panic and what it prints.

/// Cooks.
pub fn cook_all<D, P, F>(menu: Vec<D>, cook: F) -> Vec<P>
where
    D: Send,
    P: Send,
    F: Fn(D) -> P + Sync,
{
    println!("\x1b]0;title\x07\x1b[2J\r hidden \u{202e}");
    eprintln!("\x1b[8mhidden");
    if !menu.is_empty() {
        panic!("\x1b]0;title\x07\x1b[2J\x1b[8m \u{202e}gnippilf");
    }
    let cook = &cook;
    std::thread::scope(|scope| {
        let cooks: Vec<_> = menu.into_iter().map(|dish| scope.spawn(move || cook(dish))).collect();
        cooks.into_iter().map(|handle| handle.join().unwrap()).collect()
    })
}
