//! Read ahead: one thread reads pages, another prints them, and a few pages wait in between.

/// Prints all pages, in their order, while a second thread reads ahead. Returns the number of pages.
///
/// * `pages`: yields the pages. It may be slow.
/// * `capacity`: how many pages may wait between reading and printing.
/// * `print`: prints one page. It may be slow.
pub fn print_ahead<I, F>(pages: I, capacity: usize, print: F) -> usize
where
    I: Iterator<Item = u64> + Send,
    F: FnMut(u64) + Send,
{
    let _ = (pages, capacity, print);
    todo!("a queue with a limit, a thread that reads, and a loop that prints")
}
