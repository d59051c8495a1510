//! breaks: clause 2 · finding: sequential
//! One thread reads a page, prints it, and reads the next.

pub fn print_ahead<I, F>(pages: I, capacity: usize, print: F) -> usize
where
    I: Iterator<Item = u64> + Send,
    F: FnMut(u64) + Send,
{
    let _ = capacity;
    pages.map(print).count()
}
