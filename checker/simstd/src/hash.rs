//! Hashing whose random keys come from the schedule: a program that depends on the order of a hash map
//! is found out, and every run can be repeated.

use ::std::fmt;
pub use ::std::hash::*;

/// As [`std::hash::RandomState`], with a key that the schedule decides.
#[derive(Clone)]
pub struct RandomState(u64);

impl fmt::Debug for RandomState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RandomState").finish_non_exhaustive()
    }
}

impl RandomState {
    /// A new key.
    pub fn new() -> Self {
        Self(engine::random())
    }
}

impl Default for RandomState {
    fn default() -> Self {
        Self::new()
    }
}

impl BuildHasher for RandomState {
    type Hasher = DefaultHasher;
    fn build_hasher(&self) -> DefaultHasher {
        let mut hasher = DefaultHasher::new();
        hasher.write_u64(self.0);
        hasher
    }
}
