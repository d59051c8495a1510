//! The two counts of an `Arc`: which of the instructions on them are one operation, that others see whole.
//!
//! Some of std's functions take several instructions. Where others can't see what is between two of them, or could only
//! try again, the second is no scheduling point: it would cost schedules, and show nothing.

use std::mem;

/// The instructions as an enumeration knows them; a trace has the names of what was called.
pub(crate) const READ: &str = "read a count";
pub(crate) const ADD: &str = "add to a count";
pub(crate) const CHANGE: &str = "change a count";
pub(crate) const EXCHANGE: &str = "exchange a count";

/// The value by which `Arc::get_mut` locks the count of the weak ones while it looks at the other.
const LOCKED: usize = usize::MAX;

/// The address of the block whose count is at `address`: the counts are side by side at its start, the strong one first, and it
/// is aligned to their size together.
pub(crate) fn block_of(address: usize) -> usize {
    address & !(2 * size_of::<usize>() - 1)
}

/// What a task is in the middle of.
#[derive(Debug, Default)]
pub(crate) struct Midway {
    /// The count that it has read: if an exchange of it comes next, the two are one operation, which is tried again when another
    /// one comes between.
    read: usize,
    /// The block whose weak count it has locked: others can only wait until it has let go of it.
    locked: usize,
    /// The blocks whose strong count it has brought to zero, the last one last. What is left to do is to give up their share
    /// of the weak count, which nobody can read any more.
    ended: Vec<usize>,
}

impl Midway {
    /// Whether the next instruction belongs to the operation that the task is in the middle of.
    pub(crate) fn is_part_of_it(&mut self, op: &'static str, address: usize) -> bool {
        let block = block_of(address);
        let has_been_read = mem::take(&mut self.read) == address && op == EXCHANGE;
        has_been_read || self.locked == block || (address != block && self.ended.last() == Some(&block))
    }

    /// The instruction has been executed.
    pub(crate) fn after(&mut self, op: &'static str, address: usize, old: usize, new: usize) {
        let block = block_of(address);
        if op == READ {
            self.read = address;
        } else if self.locked == block && address != block {
            self.locked = 0;
        } else if old != new && new == LOCKED && address != block {
            self.locked = block;
        } else if address != block && self.ended.last() == Some(&block) {
            self.ended.pop();
        } else if address == block && old == 1 && new == 0 {
            self.ended.push(block);
        } else if address == block && new == 1 {
            // `Arc::make_mut` has put another value there.
            self.ended.retain(|ended| *ended != block);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRONG: usize = 64;
    const WEAK: usize = STRONG + size_of::<usize>();

    /// How many points a task passes that executes these instructions: (operation, address, before, after).
    fn points(instructions: &[(&'static str, usize, usize, usize)]) -> usize {
        let mut midway = Midway::default();
        let mut points = 0;
        for (op, address, old, new) in instructions {
            points += usize::from(!midway.is_part_of_it(op, *address));
            midway.after(op, *address, *old, *new);
        }
        points
    }

    #[test]
    fn to_clone_and_to_drop_are_a_point_each() {
        assert_eq!(points(&[(ADD, STRONG, 1, 2), (CHANGE, STRONG, 2, 1)]), 2);
        assert_eq!(points(&[(CHANGE, STRONG, 1, 0), (CHANGE, WEAK, 1, 0)]), 1);
    }

    #[test]
    fn to_look_and_then_to_drop_are_two_points() {
        assert_eq!(points(&[(READ, STRONG, 2, 2), (CHANGE, STRONG, 2, 1)]), 2);
    }

    #[test]
    fn to_upgrade_is_a_point_whether_it_is_done_or_not() {
        assert_eq!(points(&[(READ, STRONG, 1, 1), (EXCHANGE, STRONG, 1, 2)]), 1);
        assert_eq!(points(&[(READ, STRONG, 0, 0)]), 1);
    }

    #[test]
    fn get_mut_is_one_point() {
        assert_eq!(points(&[(EXCHANGE, WEAK, 1, LOCKED), (READ, STRONG, 1, 1), (CHANGE, WEAK, 1, 1)]), 1);
        // Somebody has a weak reference.
        assert_eq!(points(&[(EXCHANGE, WEAK, 2, 2), (READ, STRONG, 1, 1)]), 2);
    }

    #[test]
    fn make_mut_is_seen_while_it_is_under_way() {
        assert_eq!(points(&[(EXCHANGE, STRONG, 1, 0), (READ, WEAK, 1, 1), (CHANGE, STRONG, 1, 1)]), 2);
    }
}
