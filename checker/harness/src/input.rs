//! Inputs for cases: proptest strategies, made here so that the checks' own crate compiles fast.

use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use proptest::collection::vec;
use proptest::prop_oneof;
pub use proptest::strategy::{BoxedStrategy, Just, Strategy};

/// Times that a `Duration` can say and that a program may forget: none, the shortest, parts of a millisecond, of a second and of an hour,
/// more than an hour, and more than a month.
pub const TIMES: [Duration; 8] = [
    Duration::ZERO,
    Duration::from_nanos(1),
    Duration::from_micros(900),
    Duration::from_nanos(7_000_001),
    Duration::from_millis(1_250),
    Duration::from_millis(90_500),
    Duration::from_millis(7_200_100),
    Duration::from_secs(3_000_000),
];

/// Times that are as good as endless. Each of them is a short one for a program that counts seconds, milli-, micro- or nanoseconds in 32
/// or 64 bits and wraps around.
pub const LONGEST: [Duration; 10] = [
    Duration::MAX,
    Duration::MAX.saturating_sub(Duration::from_nanos(1)),
    Duration::from_secs(i64::MAX as u64),
    Duration::from_secs(1 << 60),
    Duration::from_secs(1 << 32),
    Duration::from_millis(1 << 32),
    Duration::from_nanos(1 << 63),
    // 2^64 nanoseconds, microseconds and milliseconds.
    Duration::new(18_446_744_073, 709_551_616),
    Duration::new(18_446_744_073_709, 551_616_000),
    Duration::new(18_446_744_073_709_551, 616_000_000),
];

/// One input of so many is a crowd: a program that limits what has no limit does so each time, and threads in hundreds cost time.
const FEW: u32 = 160;

/// More than a hundred,
const HUNDRED: RangeInclusive<usize> = 101..=120;
/// and more than a byte can count.
const CROWD: RangeInclusive<usize> = 257..=264;

/// One of [`TIMES`]. Shrinks towards none.
pub fn time() -> BoxedStrategy<Duration> {
    time_up_to(Duration::MAX)
}

/// One of [`TIMES`] that is not longer than this: where a program may look from time to time, it looks too often in a month.
pub fn time_up_to(most: Duration) -> BoxedStrategy<Duration> {
    let short = TIMES.iter().filter(|time| **time <= most).count();
    (0..short).prop_map(|which| TIMES[which]).boxed()
}

/// One of [`LONGEST`], and a number beside it.
pub fn longest_and(other: RangeInclusive<usize>) -> BoxedStrategy<(Duration, usize)> {
    (0..LONGEST.len(), other).prop_map(|(which, other)| (LONGEST[which], other)).boxed()
}

/// One of [`LONGEST`], and two numbers beside it.
pub fn longest_and_two(
    one: RangeInclusive<usize>,
    other: RangeInclusive<usize>,
) -> BoxedStrategy<(Duration, usize, usize)> {
    (longest_and(one), other).prop_map(|((time, one), other)| (time, one, other)).boxed()
}

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

/// As [`numbers_and`], with lists that are longer now and then: some programs do more at a time where much is left.
pub fn numbers_or_dozens_and(
    range: Range<u64>,
    sizes: RangeInclusive<usize>,
    other: RangeInclusive<usize>,
) -> BoxedStrategy<(Vec<u64>, usize)> {
    let dozens = vec(range.clone(), 10..=40_usize);
    (prop_oneof![12 => vec(range, sizes), 1 => dozens], other).boxed()
}

/// A number for how many items there are, and now and then more than a queue holds that somebody thought to be large enough.
/// It leaves room for a thread for each.
pub fn many(usual: RangeInclusive<usize>) -> BoxedStrategy<usize> {
    prop_oneof![FEW => usual, 1 => 401..=440_usize].boxed()
}

/// As [`many`], and more than a thousand, where no program may have a thread for each.
pub fn thousand(usual: RangeInclusive<usize>) -> BoxedStrategy<usize> {
    prop_oneof![FEW => usual, 1 => 1_025..=1_100_usize].boxed()
}

/// As [`thousand`], and two numbers beside it.
pub fn thousand_and_two(
    usual: RangeInclusive<usize>,
    one: RangeInclusive<usize>,
    other: RangeInclusive<usize>,
) -> BoxedStrategy<(usize, usize, usize)> {
    (thousand(usual), one, other).boxed()
}

/// As [`many`], and a number beside it.
pub fn many_and(usual: RangeInclusive<usize>, other: RangeInclusive<usize>) -> BoxedStrategy<(usize, usize)> {
    (many(usual), other).boxed()
}

/// As [`many`], and two numbers beside it.
pub fn many_and_two(
    usual: RangeInclusive<usize>,
    one: RangeInclusive<usize>,
    other: RangeInclusive<usize>,
) -> BoxedStrategy<(usize, usize, usize)> {
    (many(usual), one, other).boxed()
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

/// A number, and now and then one of more than a hundred, or of more than a byte can count: some programs limit what has no
/// limit.
pub fn number_or_crowd(a: RangeInclusive<usize>) -> BoxedStrategy<usize> {
    prop_oneof![FEW => a, 1 => HUNDRED, 1 => CROWD].boxed()
}

/// Two numbers, and now and then two of more than a hundred.
pub fn pair_or_hundred(a: RangeInclusive<usize>, b: RangeInclusive<usize>) -> BoxedStrategy<(usize, usize)> {
    prop_oneof![FEW => (a, b), 1 => (HUNDRED, HUNDRED)].boxed()
}

/// Two numbers, and now and then two as large as those of [`number_or_crowd`].
pub fn pair_or_crowd(a: RangeInclusive<usize>, b: RangeInclusive<usize>) -> BoxedStrategy<(usize, usize)> {
    prop_oneof![
        FEW => (a, b),
        1 => (HUNDRED, HUNDRED),
        1 => (CROWD, CROWD),
    ]
    .boxed()
}

/// A number that is now and then more than a hundred, and another one beside it.
pub fn hundred_and(a: RangeInclusive<usize>, b: RangeInclusive<usize>) -> BoxedStrategy<(usize, usize)> {
    (prop_oneof![FEW => a, 1 => HUNDRED], b).boxed()
}

/// Three numbers, of which two are now and then more than a hundred.
pub fn hundreds_and(
    a: RangeInclusive<usize>,
    b: RangeInclusive<usize>,
    c: RangeInclusive<usize>,
) -> BoxedStrategy<(usize, usize, usize)> {
    (pair_or_hundred(a, b), c).prop_map(|((a, b), c)| (a, b, c)).boxed()
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
