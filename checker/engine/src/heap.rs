//! A heap that gives no address out twice while an enumeration runs an execution. So do the stacks, see `run`.
//!
//! An enumeration knows objects by their addresses. If a freed block were given out again, two objects would be taken for
//! one, in one execution and not in the next, since what else is on the heap differs. So what is freed meanwhile is kept
//! back until the execution is over.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr;

/// To be the `#[global_allocator]` of a program that enumerates.
#[derive(Debug)]
pub struct Heap;

/// What a freed block holds while it is kept back.
struct Kept {
    next: *mut Kept,
    layout: Layout,
}

thread_local! {
    static KEEPS: Cell<bool> = const { Cell::new(false) };
    static KEPT: Cell<*mut Kept> = const { Cell::new(ptr::null_mut()) };
}

/// With room for [`Kept`], and aligned so that the two counts of an `Arc` have the block's address together.
fn roomy(layout: Layout) -> Layout {
    let (size, align) = (layout.size().max(size_of::<Kept>()), layout.align().max(2 * size_of::<usize>()));
    Layout::from_size_align(size, align).unwrap_or(layout)
}

// SAFETY: blocks come from the system's allocator and go back to it, with the same layout.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's.
        unsafe { System.alloc(roomy(layout)) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's.
        unsafe { System.alloc_zeroed(roomy(layout)) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's: with the alignment, the size makes a layout.
        unsafe {
            let new = Layout::from_size_align_unchecked(size, layout.align());
            if !KEEPS.get() {
                return System.realloc(block, roomy(layout), roomy(new).size());
            }
            let moved = self.alloc(new);
            if !moved.is_null() {
                ptr::copy_nonoverlapping(block, moved, layout.size().min(size));
                self.dealloc(block, layout);
            }
            moved
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let layout = roomy(layout);
        // SAFETY: the caller's; the block is nobody's any more, and large enough.
        unsafe {
            if KEEPS.get() {
                let kept = block.cast::<Kept>();
                kept.write(Kept { next: KEPT.get(), layout });
                KEPT.set(kept);
            } else {
                System.dealloc(block, layout);
            }
        }
    }
}

/// From now on, what is freed is kept back.
pub(crate) fn keep() {
    KEEPS.set(true);
}

/// Frees what was kept back.
pub(crate) fn let_go() {
    KEEPS.set(false);
    let mut next = KEPT.replace(ptr::null_mut());
    while !next.is_null() {
        // SAFETY: it was put there by `dealloc`, once.
        unsafe {
            let Kept { next: after, layout } = next.read();
            System.dealloc(next.cast(), layout);
            next = after;
        }
    }
}
