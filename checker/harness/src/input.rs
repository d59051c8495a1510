//! Inputs for cases: proptest strategies, made here so that the checks' own crate compiles fast.

use std::ops::{Range, RangeInclusive};

use proptest::collection::vec;
pub use proptest::strategy::{BoxedStrategy, Just, Strategy};

/// One number of the range. Shrinks towards its start.
pub fn number(range: RangeInclusive<usize>) -> BoxedStrategy<usize> {
    range.boxed()
}

/// Lists with as many numbers of the range as `sizes` says. Shrinks towards few and small ones.
pub fn numbers(range: Range<u64>, sizes: RangeInclusive<usize>) -> BoxedStrategy<Vec<u64>> {
    vec(range, sizes).boxed()
}

/// A list of numbers and a number beside it, such as a number of workers.
pub fn numbers_and(
    range: Range<u64>,
    sizes: RangeInclusive<usize>,
    other: RangeInclusive<usize>,
) -> BoxedStrategy<(Vec<u64>, usize)> {
    (vec(range, sizes), other).boxed()
}

/// A list of numbers and two numbers beside it.
pub fn numbers_and_two(
    range: Range<u64>,
    sizes: RangeInclusive<usize>,
    one: RangeInclusive<usize>,
    other: RangeInclusive<usize>,
) -> BoxedStrategy<(Vec<u64>, usize, usize)> {
    (vec(range, sizes), one, other).boxed()
}

/// Two numbers.
pub fn pair(a: RangeInclusive<usize>, b: RangeInclusive<usize>) -> BoxedStrategy<(usize, usize)> {
    (a, b).boxed()
}

/// Three numbers.
pub fn triple(
    a: RangeInclusive<usize>,
    b: RangeInclusive<usize>,
    c: RangeInclusive<usize>,
) -> BoxedStrategy<(usize, usize, usize)> {
    (a, b, c).boxed()
}

/// Always the same.
pub fn always<T: Clone + std::fmt::Debug + 'static>(value: T) -> BoxedStrategy<T> {
    Just(value).boxed()
}
