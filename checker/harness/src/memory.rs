//! How much memory the program holds, by its own count.
//!
//! Schedules may leave memory behind: what a thread that never ended owns, what a program leaks, and what
//! is in a `static`, since each schedule starts with a fresh one and forgets the old. crossbeam's
//! collector of garbage is one of these: some 13 KB in every schedule that has a rayon pool. Which of it
//! nobody will touch again can't be told from within: a destructor would belong to an execution that has
//! ended, and a freed block may still be named by a `static` of a library. At the end of a process it is
//! all free. So a program that holds too much stops between two schedules, and the checker starts it
//! again to go on from there.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;

use engine::Heap;

/// A program that holds more than this goes on in another process.
pub(crate) const MOST_HELD: isize = 128 << 20;

thread_local! {
    /// Of this OS thread, which is the one that runs all schedules. It has no destructor, so an
    /// allocator may use it.
    static HELD: Cell<isize> = const { Cell::new(0) };
    static TAKEN: Cell<u64> = const { Cell::new(0) };
}

/// As many steps take about as long as a MiB does that is taken for the first time.
const STEPS_OF_A_MIB: u64 = 4_000;

/// What a schedule's memory counts where steps are counted: a program that takes 100 MiB in one is slow without many steps.
/// `before` is what [`taken`] gave at its start.
pub(crate) fn steps_since(before: u64) -> u64 {
    (taken().wrapping_sub(before) >> 20) * STEPS_OF_A_MIB
}

/// Bytes that the calling OS thread has ever taken.
pub(crate) fn taken() -> u64 {
    TAKEN.get()
}

/// Bytes that the calling OS thread has taken and not given back.
pub(crate) fn held() -> isize {
    HELD.get()
}

/// The engine's allocator, with a count.
struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

fn count(more: usize, less: usize) {
    HELD.set(HELD.get().wrapping_add_unsigned(more).wrapping_sub_unsigned(less));
    TAKEN.set(TAKEN.get().wrapping_add(more as u64));
}

// SAFETY: `Heap` does everything; what is counted beside it is never a pointer.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: the caller's.
        unsafe { Heap.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: the caller's.
        unsafe { Heap.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(0, layout.size());
        // SAFETY: the caller's.
        unsafe { Heap.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size, layout.size());
        // SAFETY: the caller's.
        unsafe { Heap.realloc(block, layout, size) }
    }
}
