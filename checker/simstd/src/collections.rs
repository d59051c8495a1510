//! Collections; hash maps and sets with the schedule's [`RandomState`](crate::hash::RandomState).
//!
//! A type alias can't change the default of a parameter for `HashMap::new`, hence the wrappers. What is
//! not handed on by [`methods`] they lend by `Deref`.

use ::std::borrow::Borrow;
use ::std::collections as real;
pub use ::std::collections::*;
use ::std::fmt;
use ::std::hash::{BuildHasher, Hash};
use ::std::ops::{BitAnd, BitOr, BitXor, Deref, DerefMut, Index, Sub};

use crate::hash::RandomState;

mod methods;

pub mod hash_map {
    //! As [`std::collections::hash_map`].
    pub use super::HashMap;
    pub use crate::hash::RandomState;
    pub use ::std::collections::hash_map::*;
}

pub mod hash_set {
    //! As [`std::collections::hash_set`].
    pub use super::HashSet;
    pub use ::std::collections::hash_set::*;
}

/// As [`std::collections::HashMap`].
pub struct HashMap<K, V, S = RandomState>(real::HashMap<K, V, S>);

/// As [`std::collections::HashSet`].
pub struct HashSet<T, S = RandomState>(real::HashSet<T, S>);

impl<K, V> HashMap<K, V> {
    /// As the real one.
    pub fn new() -> Self {
        Self(real::HashMap::with_hasher(RandomState::new()))
    }
    /// As the real one.
    pub fn with_capacity(capacity: usize) -> Self {
        Self(real::HashMap::with_capacity_and_hasher(capacity, RandomState::new()))
    }
}

impl<K, V, S> HashMap<K, V, S> {
    /// As the real one.
    pub const fn with_hasher(hasher: S) -> Self {
        Self(real::HashMap::with_hasher(hasher))
    }
    /// As the real one.
    pub fn with_capacity_and_hasher(capacity: usize, hasher: S) -> Self {
        Self(real::HashMap::with_capacity_and_hasher(capacity, hasher))
    }
}

impl<T> HashSet<T> {
    /// As the real one.
    pub fn new() -> Self {
        Self(real::HashSet::with_hasher(RandomState::new()))
    }
    /// As the real one.
    pub fn with_capacity(capacity: usize) -> Self {
        Self(real::HashSet::with_capacity_and_hasher(capacity, RandomState::new()))
    }
}

impl<T, S> HashSet<T, S> {
    /// As the real one.
    pub const fn with_hasher(hasher: S) -> Self {
        Self(real::HashSet::with_hasher(hasher))
    }
    /// As the real one.
    pub fn with_capacity_and_hasher(capacity: usize, hasher: S) -> Self {
        Self(real::HashSet::with_capacity_and_hasher(capacity, hasher))
    }
}

macro_rules! wrapper {
    ([$($p:ident),*] $Name:ident, $Item:ty, $Into:ty) => {
        impl<$($p,)* S> Deref for $Name<$($p,)* S> {
            type Target = real::$Name<$($p,)* S>;
            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }
        impl<$($p,)* S> DerefMut for $Name<$($p,)* S> {
            fn deref_mut(&mut self) -> &mut Self::Target {
                &mut self.0
            }
        }
        impl<$($p,)* S: Default> Default for $Name<$($p,)* S> {
            fn default() -> Self {
                Self(Default::default())
            }
        }
        impl<$($p: Clone,)* S: Clone> Clone for $Name<$($p,)* S> {
            fn clone(&self) -> Self {
                Self(self.0.clone())
            }
        }
        impl<$($p: fmt::Debug,)* S> fmt::Debug for $Name<$($p,)* S> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl<$($p,)* S> IntoIterator for $Name<$($p,)* S> {
            type Item = $Item;
            type IntoIter = $Into;
            fn into_iter(self) -> Self::IntoIter {
                self.0.into_iter()
            }
        }
    };
}

wrapper!([K, V] HashMap, (K, V), hash_map::IntoIter<K, V>);
wrapper!([T] HashSet, T, hash_set::IntoIter<T>);

impl<K: Eq + Hash, V: PartialEq, S: BuildHasher> PartialEq for HashMap<K, V, S> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K: Eq + Hash, V: Eq, S: BuildHasher> Eq for HashMap<K, V, S> {}

impl<T: Eq + Hash, S: BuildHasher> PartialEq for HashSet<T, S> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T: Eq + Hash, S: BuildHasher> Eq for HashSet<T, S> {}

impl<K: Eq + Hash, V, S: BuildHasher> Extend<(K, V)> for HashMap<K, V, S> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, iter: I) {
        self.0.extend(iter);
    }
}
impl<'a, K: Eq + Hash + Copy, V: Copy, S: BuildHasher> Extend<(&'a K, &'a V)> for HashMap<K, V, S> {
    fn extend<I: IntoIterator<Item = (&'a K, &'a V)>>(&mut self, iter: I) {
        self.0.extend(iter);
    }
}
impl<T: Eq + Hash, S: BuildHasher> Extend<T> for HashSet<T, S> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, iter: I) {
        self.0.extend(iter);
    }
}
impl<'a, T: Eq + Hash + Copy + 'a, S: BuildHasher> Extend<&'a T> for HashSet<T, S> {
    fn extend<I: IntoIterator<Item = &'a T>>(&mut self, iter: I) {
        self.0.extend(iter);
    }
}

impl<K: Eq + Hash, V, S: BuildHasher + Default> FromIterator<(K, V)> for HashMap<K, V, S> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(iter: I) -> Self {
        Self(real::HashMap::from_iter(iter))
    }
}
impl<T: Eq + Hash, S: BuildHasher + Default> FromIterator<T> for HashSet<T, S> {
    fn from_iter<I: IntoIterator<Item = T>>(iter: I) -> Self {
        Self(real::HashSet::from_iter(iter))
    }
}

impl<K: Eq + Hash, V, const N: usize> From<[(K, V); N]> for HashMap<K, V> {
    fn from(pairs: [(K, V); N]) -> Self {
        Self::from_iter(pairs)
    }
}
impl<T: Eq + Hash, const N: usize> From<[T; N]> for HashSet<T> {
    fn from(items: [T; N]) -> Self {
        Self::from_iter(items)
    }
}

impl<K: Eq + Hash + Borrow<Q>, Q: Eq + Hash + ?Sized, V, S: BuildHasher> Index<&Q> for HashMap<K, V, S> {
    type Output = V;
    fn index(&self, key: &Q) -> &V {
        &self.0[key]
    }
}

impl<'a, K, V, S> IntoIterator for &'a HashMap<K, V, S> {
    type Item = (&'a K, &'a V);
    type IntoIter = hash_map::Iter<'a, K, V>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
impl<'a, K, V, S> IntoIterator for &'a mut HashMap<K, V, S> {
    type Item = (&'a K, &'a mut V);
    type IntoIter = hash_map::IterMut<'a, K, V>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter_mut()
    }
}
impl<'a, T, S> IntoIterator for &'a HashSet<T, S> {
    type Item = &'a T;
    type IntoIter = hash_set::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

macro_rules! set_operators {
    ($($Op:ident $op:ident)*) => {$(
        impl<T: Eq + Hash + Clone, S: BuildHasher + Default> $Op<&HashSet<T, S>> for &HashSet<T, S> {
            type Output = HashSet<T, S>;
            fn $op(self, other: &HashSet<T, S>) -> HashSet<T, S> {
                HashSet((&self.0).$op(&other.0))
            }
        }
    )*};
}

set_operators!(BitOr bitor BitAnd bitand BitXor bitxor Sub sub);
