//! breaks: clause 3 · finding: unbounded
//! All pages are read before the first one is printed: a list takes the place of the channel.

/// Reads every page and prints it, in order.
pub fn read_ahead<P, T, R, O>(pages: Vec<P>, read: R, print: O)
where
    P: Send,
    T: Send,
    R: Fn(P) -> T + Send,
    O: FnMut(T),
{
    let texts: Vec<T> = pages.into_iter().map(read).collect();
    texts.into_iter().for_each(print);
}
