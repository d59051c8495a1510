//! Stands in for `rand`: the numbers are the schedule's, so that a run can be repeated.

use std::ops::Range;

pub struct ThreadRng;

pub fn thread_rng() -> ThreadRng {
    ThreadRng
}

pub fn rng() -> ThreadRng {
    ThreadRng
}

pub trait Number: Copy {
    fn between(range: Range<Self>, bits: u64) -> Self;
}

macro_rules! numbers {
    ($($t:ty)*) => {$(
        impl Number for $t {
            fn between(range: Range<Self>, bits: u64) -> Self {
                let width = (range.end - range.start) as u64;
                range.start + (bits % width.max(1)) as $t
            }
        }
    )*};
}

numbers!(u8 u32 u64 usize i32 i64);

pub trait Rng {
    fn gen_range<T: Number>(&mut self, range: Range<T>) -> T {
        T::between(range, engine::random())
    }
    fn gen_bool(&mut self, p: f64) -> bool {
        ((engine::random() >> 11) as f64) < p * (1u64 << 53) as f64
    }
    fn random_bool(&mut self, p: f64) -> bool {
        self.gen_bool(p)
    }
    fn random_range<T: Number>(&mut self, range: Range<T>) -> T {
        T::between(range, engine::random())
    }
}

impl Rng for ThreadRng {}
