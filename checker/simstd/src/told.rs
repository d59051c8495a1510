//! What is under a lock, for the picture of a run: a number as it is, of a collection how much is in it. A type that is not known
//! here, such as a struct of the program's, has no text.

use ::std::any::type_name;
use ::std::collections::{BTreeMap, VecDeque};
use ::std::mem::size_of_val;

/// Of a text, more characters than these are not told.
const MOST: usize = 16;

/// `value` in a word or two, or nothing.
pub(crate) fn told<T: ?Sized>(value: &T) -> String {
    let (name, at) = (type_name::<T>(), (&raw const *value).cast::<u8>());
    macro_rules! known {
        ($($t:ty)*) => {$(
            if name == type_name::<$t>() {
                // SAFETY: it is a value of this type, which is borrowed: a name begins with that of its crate, and no exercise's
                // is `alloc`.
                return unsafe { &*at.cast::<$t>() }.told();
            }
        )*};
    }
    known!(bool char u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 String);
    known!(Option<bool> Option<u8> Option<u32> Option<u64> Option<usize> Option<i32> Option<i64> Option<String>);
    let length = Length::ALL.iter().find(|length| name.starts_with(length.of));
    let length = length.filter(|length| length.size == size_of_val(value));
    // SAFETY: such a collection is as long as that, and there it has a number.
    let length = length.and_then(|length| Some(unsafe { at.add(length.at()?).cast::<usize>().read() }));
    length.map_or_else(String::new, |length| format!("len {length}"))
}

trait Told {
    fn told(&self) -> String;
}

macro_rules! as_it_is {
    ($($t:ty)*) => {$(
        impl Told for $t {
            fn told(&self) -> String {
                format!("{self:?}")
            }
        }
    )*};
}
as_it_is!(bool char u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64);

impl Told for String {
    fn told(&self) -> String {
        if self.chars().nth(MOST).is_some() { format!("{} bytes", self.len()) } else { format!("{self:?}") }
    }
}

impl<T: Told> Told for Option<T> {
    fn told(&self) -> String {
        self.as_ref().map_or_else(|| String::from("None"), |value| format!("Some({})", value.told()))
    }
}

/// Where a collection has its length. It is at the same place whatever the items are, since the collection itself holds
/// none of them; where that is, is looked up in one with a length that can't be mistaken.
struct Length {
    /// How the name of its type begins.
    of: &'static str,
    size: usize,
    sample: fn() -> Vec<usize>,
}

/// How long the samples are: neither a capacity nor an address.
const SAMPLE: usize = 37;

impl Length {
    const fn of<T>(of: &'static str, sample: fn() -> Vec<usize>) -> Self {
        Self { of, size: size_of::<T>(), sample }
    }

    const ALL: &'static [Length] = &[
        Length::of::<Vec<u8>>("alloc::vec::Vec<", || {
            let mut sample = Vec::<u8>::with_capacity(2 * SAMPLE);
            sample.resize(SAMPLE, 0);
            words(&sample)
        }),
        Length::of::<VecDeque<u8>>("alloc::collections::vec_deque::VecDeque<", || {
            let mut sample = VecDeque::<u8>::with_capacity(2 * SAMPLE);
            sample.resize(SAMPLE, 0);
            words(&sample)
        }),
        Length::of::<BTreeMap<u8, u8>>("alloc::collections::btree::map::BTreeMap<", || {
            words(&(0..SAMPLE as u8).map(|key| (key, key)).collect::<BTreeMap<u8, u8>>())
        }),
    ];

    fn at(&self) -> Option<usize> {
        let words = (self.sample)();
        let mut places = (0..words.len()).filter(|place| words[*place] == SAMPLE);
        let place = places.next()?;
        places.next().is_none().then_some(place * size_of::<usize>())
    }
}

/// What `value` is made of.
fn words<T>(value: &T) -> Vec<usize> {
    let at = (&raw const *value).cast::<usize>();
    // SAFETY: these collections are made of words, all of which have a value.
    (0..size_of::<T>() / size_of::<usize>()).map(|place| unsafe { at.add(place).read() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_told() {
        assert_eq!([told(&3_usize), told(&-1_i8), told(&true), told(&'x')], ["3", "-1", "true", "'x'"]);
        assert_eq!(told(&String::from("a\n")), r#""a\n""#);
        assert_eq!(told(&"long".repeat(9)), "36 bytes");
        assert_eq!([told(&Some(7_u64)), told(&None::<String>)], ["Some(7)", "None"]);
    }

    #[test]
    fn a_collection_is_told_by_its_length_whatever_is_in_it() {
        struct Job(#[expect(dead_code, reason = "it has a size")] [String; 3]);
        let jobs = || (0..3).map(|_| Job([const { String::new() }; 3]));
        assert_eq!(told(&jobs().collect::<Vec<_>>()), "len 3");
        assert_eq!(told(&Vec::<()>::new()), "len 0");
        let mut turned: VecDeque<Job> = jobs().collect();
        turned.rotate_left(1);
        turned.pop_front();
        assert_eq!(told(&turned), "len 2");
        assert_eq!(told(&jobs().enumerate().collect::<BTreeMap<_, _>>()), "len 3");
        assert_eq!(told(&(0..100).map(|n| (n, n)).collect::<BTreeMap<_, _>>()), "len 100");
    }

    #[test]
    fn of_other_types_nothing_is_told() {
        struct String(#[expect(dead_code, reason = "it has a size")] u8);
        assert_eq!(told(&String(1)), "");
        assert_eq!(told(&[1, 2][..]), "");
        assert_eq!(told("text"), "");
        assert_eq!(told::<dyn Send>(&1), "");
    }
}
