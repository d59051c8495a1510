//! A heap that gives no address out twice while an execution asks for it, and that notices who writes to what was freed.
//!
//! An enumeration knows objects by their addresses. If a freed block were given out again, two objects would be taken for
//! one, in one execution and not in the next, since what else is on the heap differs. So what is freed meanwhile is kept
//! back until the execution is over. So do the stacks, see `run`.
//!
//! Other executions can ask for the same, with freed blocks [filled](Keeping::Filled): a library that reads one gets what
//! nobody has written, and if one has changed at the end, something has written to it.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr;

/// To be the `#[global_allocator]` of a program that enumerates.
#[derive(Debug)]
pub struct Heap;

/// What becomes of freed blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeping {
    /// The system has them back at once.
    Nothing,
    /// They are kept back as they are, all of them.
    All,
    /// They are filled and kept back, up to [`ROOM`], and looked at in the end.
    Filled,
}

/// No address that can be used, no small number, no text.
const FILL: u8 = 0xD7;
/// Filled blocks of more bytes than this are not kept back.
const ROOM: usize = 8 << 20;

/// A block that is kept back. It is written down outside of the block, which somebody may still write to.
#[derive(Clone, Copy)]
struct Kept {
    block: *mut u8,
    layout: Layout,
}

const MANY: usize = 500;

/// Some of what is kept back. It is the system's allocator that it comes from.
struct Chunk {
    next: *mut Chunk,
    len: usize,
    kept: [Kept; MANY],
}

thread_local! {
    static KEEPING: Cell<Keeping> = const { Cell::new(Keeping::Nothing) };
    static KEPT: Cell<*mut Chunk> = const { Cell::new(ptr::null_mut()) };
    static BYTES: Cell<usize> = const { Cell::new(0) };
}

/// Aligned so that the two counts of an `Arc` have the block's address together.
fn aligned(layout: Layout) -> Layout {
    layout.align_to(2 * size_of::<usize>()).unwrap_or(layout)
}

/// Writes down that a block is kept back, and says whether there was room to.
fn write_down(kept: Kept) -> bool {
    let first = KEPT.get();
    // SAFETY: `first` is null or a chunk that `let_go` has not freed yet; a new one has its first two fields written, and
    // its entries are read up to `len` alone.
    unsafe {
        let mut chunk = first;
        if chunk.is_null() || (*chunk).len == MANY {
            chunk = System.alloc(Layout::new::<Chunk>()).cast();
            if chunk.is_null() {
                return false;
            }
            (&raw mut (*chunk).next).write(first);
            (&raw mut (*chunk).len).write(0);
            KEPT.set(chunk);
        }
        let len = (*chunk).len;
        (&raw mut (*chunk).kept[len]).write(kept);
        (*chunk).len = len + 1;
    }
    true
}

/// Whether a block is kept back from now on.
///
/// # Safety
/// The block must be nobody's any more.
unsafe fn is_kept(block: *mut u8, layout: Layout) -> bool {
    match KEEPING.get() {
        Keeping::Nothing => return false,
        Keeping::All => {}
        Keeping::Filled => {
            // SAFETY: the block is as large as its layout says.
            unsafe { ptr::write_bytes(block, FILL, layout.size()) };
            let bytes = BYTES.get() + layout.size();
            if bytes > ROOM {
                return false;
            }
            BYTES.set(bytes);
        }
    }
    write_down(Kept { block, layout })
}

// SAFETY: blocks come from the system's allocator and go back to it, with the same layout.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's.
        unsafe { System.alloc(aligned(layout)) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's.
        unsafe { System.alloc_zeroed(aligned(layout)) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's: with the alignment, the size makes a layout.
        unsafe {
            let new = Layout::from_size_align_unchecked(size, layout.align());
            if KEEPING.get() == Keeping::Nothing {
                return System.realloc(block, aligned(layout), size);
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
        let layout = aligned(layout);
        // SAFETY: the caller's; the block is nobody's any more.
        unsafe {
            if !is_kept(block, layout) {
                System.dealloc(block, layout);
            }
        }
    }
}

/// From now on, this becomes of what is freed.
pub(crate) fn keep(keeping: Keeping) {
    KEEPING.set(keeping);
}

/// Frees what was kept back, and says whether a filled block has been written to.
pub(crate) fn let_go() -> bool {
    let filled = KEEPING.replace(Keeping::Nothing) == Keeping::Filled;
    BYTES.set(0);
    let mut chunk = KEPT.replace(ptr::null_mut());
    let mut spoiled = false;
    while !chunk.is_null() {
        // SAFETY: chunks and blocks were put there by `write_down`, each once, with the layout they were allocated with.
        unsafe {
            for Kept { block, layout } in (0..(*chunk).len).map(|i| (*chunk).kept[i]) {
                spoiled |= filled && !is_filled(std::slice::from_raw_parts(block, layout.size()));
                System.dealloc(block, layout);
            }
            let next = (*chunk).next;
            System.dealloc(chunk.cast(), Layout::new::<Chunk>());
            chunk = next;
        }
    }
    spoiled
}

/// Eight bytes at a time: there are many blocks.
fn is_filled(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks::<8>();
    words.iter().all(|word| *word == [FILL; 8]) && rest.iter().all(|byte| *byte == FILL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_to_a_freed_block_is_noticed() {
        for (at, spoiled) in [(None, false), (Some(0), true), (Some(39), true)] {
            keep(Keeping::Filled);
            let layout = Layout::new::<[u8; 40]>();
            // SAFETY: the block is kept back, so it can still be written to.
            unsafe {
                let block = Heap.alloc(layout);
                Heap.dealloc(block, layout);
                if let Some(at) = at {
                    block.add(at).write(1);
                }
            }
            assert_eq!(let_go(), spoiled, "a write at {at:?}");
        }
    }

    #[test]
    fn a_freed_block_is_not_given_out_again() {
        keep(Keeping::All);
        let layout = Layout::new::<[u8; 40]>();
        // SAFETY: each block is freed once.
        let blocks: Vec<usize> = (0..2_000)
            .map(|_| unsafe {
                let block = Heap.alloc(layout);
                Heap.dealloc(block, layout);
                block.addr()
            })
            .collect();
        assert!(!let_go());
        let mut different = blocks.clone();
        different.sort_unstable();
        different.dedup();
        assert_eq!(different.len(), blocks.len());
    }
}
