//! breaks: clause 2 · finding: sequential
//! An iterator is a pipeline too, but on one thread: it reads a page when it has printed the one before.

/// Reads every page and prints it, in order.
pub fn read_ahead<P, T, R, O>(pages: Vec<P>, read: R, print: O)
where
    P: Send,
    T: Send,
    R: Fn(P) -> T + Send,
    O: FnMut(T),
{
    pages.into_iter().map(read).for_each(print);
}
