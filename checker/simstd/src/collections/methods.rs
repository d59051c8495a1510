//! The methods of the hash collections that take no hasher: the real ones, so that each can be named as a path.

use ::std::borrow::Borrow;
use ::std::collections::TryReserveError;
use ::std::hash::{BuildHasher, Hash};

use super::{HashMap, HashSet, hash_map, hash_set};

/// Methods that are handed on to the real collection.
macro_rules! hand_on {
    ($(fn $name:ident $([$($generic:tt)*])? (&self $(, $arg:ident: $t:ty)*) $(-> $r:ty)? $(where [$($w:tt)*])?;)*) => {$(
        /// As the real one.
        pub fn $name $(<$($generic)*>)? (&self $(, $arg: $t)*) $(-> $r)? $(where $($w)*)? {
            self.0.$name($($arg),*)
        }
    )*};
}

/// As [`hand_on`], for methods that change the collection.
macro_rules! hand_on_mut {
    ($(fn $name:ident $([$($generic:tt)*])? (&mut self $(, $arg:ident: $t:ty)*) $(-> $r:ty)? $(where [$($w:tt)*])?;)*) => {$(
        /// As the real one.
        pub fn $name $(<$($generic)*>)? (&mut self $(, $arg: $t)*) $(-> $r)? $(where $($w)*)? {
            self.0.$name($($arg),*)
        }
    )*};
}

impl<K, V, S> HashMap<K, V, S> {
    hand_on! {
        fn capacity(&self) -> usize;
        fn len(&self) -> usize;
        fn is_empty(&self) -> bool;
        fn keys(&self) -> hash_map::Keys<'_, K, V>;
        fn values(&self) -> hash_map::Values<'_, K, V>;
        fn iter(&self) -> hash_map::Iter<'_, K, V>;
        fn hasher(&self) -> &S;
    }

    hand_on_mut! {
        fn values_mut(&mut self) -> hash_map::ValuesMut<'_, K, V>;
        fn iter_mut(&mut self) -> hash_map::IterMut<'_, K, V>;
        fn drain(&mut self) -> hash_map::Drain<'_, K, V>;
        fn extract_if[F](&mut self, pred: F) -> hash_map::ExtractIf<'_, K, V, F> where [F: FnMut(&K, &mut V) -> bool];
        fn retain[F](&mut self, f: F) where [F: FnMut(&K, &mut V) -> bool];
        fn clear(&mut self);
    }

    /// As the real one.
    pub fn into_keys(self) -> hash_map::IntoKeys<K, V> {
        self.0.into_keys()
    }

    /// As the real one.
    pub fn into_values(self) -> hash_map::IntoValues<K, V> {
        self.0.into_values()
    }
}

impl<K: Eq + Hash, V, S: BuildHasher> HashMap<K, V, S> {
    hand_on! {
        fn get[Q](&self, k: &Q) -> Option<&V> where [K: Borrow<Q>, Q: Hash + Eq + ?Sized];
        fn get_key_value[Q](&self, k: &Q) -> Option<(&K, &V)> where [K: Borrow<Q>, Q: Hash + Eq + ?Sized];
        fn contains_key[Q](&self, k: &Q) -> bool where [K: Borrow<Q>, Q: Hash + Eq + ?Sized];
    }

    hand_on_mut! {
        fn reserve(&mut self, additional: usize);
        fn try_reserve(&mut self, additional: usize) -> Result<(), TryReserveError>;
        fn shrink_to_fit(&mut self);
        fn shrink_to(&mut self, min_capacity: usize);
        fn entry(&mut self, key: K) -> hash_map::Entry<'_, K, V>;
        fn get_mut[Q](&mut self, k: &Q) -> Option<&mut V> where [K: Borrow<Q>, Q: Hash + Eq + ?Sized];
        fn get_disjoint_mut[Q, const N: usize](&mut self, ks: [&Q; N]) -> [Option<&mut V>; N]
            where [K: Borrow<Q>, Q: Hash + Eq + ?Sized];
        fn insert(&mut self, k: K, v: V) -> Option<V>;
        fn remove[Q](&mut self, k: &Q) -> Option<V> where [K: Borrow<Q>, Q: Hash + Eq + ?Sized];
        fn remove_entry[Q](&mut self, k: &Q) -> Option<(K, V)> where [K: Borrow<Q>, Q: Hash + Eq + ?Sized];
    }
}

impl<T, S> HashSet<T, S> {
    hand_on! {
        fn capacity(&self) -> usize;
        fn len(&self) -> usize;
        fn is_empty(&self) -> bool;
        fn iter(&self) -> hash_set::Iter<'_, T>;
        fn hasher(&self) -> &S;
    }

    hand_on_mut! {
        fn drain(&mut self) -> hash_set::Drain<'_, T>;
        fn extract_if[F](&mut self, pred: F) -> hash_set::ExtractIf<'_, T, F> where [F: FnMut(&T) -> bool];
        fn retain[F](&mut self, f: F) where [F: FnMut(&T) -> bool];
        fn clear(&mut self);
    }
}

/// Operations on two sets.
macro_rules! of_two {
    ($($name:ident -> $Iterator:ident)*) => {$(
        /// As the real one.
        pub fn $name<'a>(&'a self, other: &'a HashSet<T, S>) -> hash_set::$Iterator<'a, T, S> {
            self.0.$name(&other.0)
        }
    )*};
    ($($name:ident)*) => {$(
        /// As the real one.
        pub fn $name(&self, other: &HashSet<T, S>) -> bool {
            self.0.$name(&other.0)
        }
    )*};
}

impl<T: Eq + Hash, S: BuildHasher> HashSet<T, S> {
    of_two! {
        difference -> Difference
        symmetric_difference -> SymmetricDifference
        intersection -> Intersection
        union -> Union
    }
    of_two!(is_disjoint is_subset is_superset);

    hand_on! {
        fn contains[Q](&self, value: &Q) -> bool where [T: Borrow<Q>, Q: Hash + Eq + ?Sized];
        fn get[Q](&self, value: &Q) -> Option<&T> where [T: Borrow<Q>, Q: Hash + Eq + ?Sized];
    }

    hand_on_mut! {
        fn reserve(&mut self, additional: usize);
        fn try_reserve(&mut self, additional: usize) -> Result<(), TryReserveError>;
        fn shrink_to_fit(&mut self);
        fn shrink_to(&mut self, min_capacity: usize);
        fn insert(&mut self, value: T) -> bool;
        fn replace(&mut self, value: T) -> Option<T>;
        fn remove[Q](&mut self, value: &Q) -> bool where [T: Borrow<Q>, Q: Hash + Eq + ?Sized];
        fn take[Q](&mut self, value: &Q) -> Option<T> where [T: Borrow<Q>, Q: Hash + Eq + ?Sized];
    }
}
