//! Values in order, with little code. The standard library's sort is 5 kB of the program for every type and order, and
//! `collect` sorts whatever becomes a set or a map.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// As `collect`, one by one.
pub(crate) fn set<T: Ord>(values: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(values);
    set
}

/// As `collect`, one by one.
pub(crate) fn map<K: Ord, V>(entries: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    map.extend(entries);
    map
}

/// As `sort_by`.
pub(crate) fn by<T>(values: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let places = places(values.len(), &|a, b| compare(&values[a], &values[b]));
    put(values, places);
}

/// As `sort_by_cached_key`.
pub(crate) fn by_key<T, K: Ord>(values: &mut [T], key: impl FnMut(&T) -> K) {
    let keys: Vec<K> = values.iter().map(key).collect();
    put(values, places(keys.len(), &|a, b| keys[a].cmp(&keys[b])));
}

/// Where each of so many values belongs; equal ones stay in their order.
fn places(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|a, b| compare(*a, *b));
    let mut places = vec![0; count];
    order.iter().enumerate().for_each(|(place, n)| places[*n] = place);
    places
}

fn put<T>(values: &mut [T], mut places: Vec<usize>) {
    for n in 0..values.len() {
        while places[n] != n {
            let place = places[n];
            values.swap(n, place);
            places.swap(n, place);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_sorts_as_the_standard_library(values: Vec<(u8, u8)>) {
            let (mut ours, mut theirs) = (values.clone(), values.clone());
            by(&mut ours, |a, b| a.0.cmp(&b.0));
            theirs.sort_by_key(|one| one.0);
            prop_assert_eq!(&ours, &theirs);
            by_key(&mut ours, |one| std::cmp::Reverse(one.1));
            theirs.sort_by_key(|one| std::cmp::Reverse(one.1));
            prop_assert_eq!(ours, theirs);
            prop_assert_eq!(set(values.clone()), values.iter().copied().collect());
            prop_assert_eq!(map(values.clone()), values.into_iter().collect());
        }
    }
}
