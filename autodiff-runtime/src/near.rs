//! Vectors of a function's own, the short ones of them in its frame.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::{Deref, DerefMut};

/// How many elements need no allocation.
const NEAR: usize = 32;

/// Equal elements to begin with, as many as a `Vec` would have: a helper that is called often and works on
/// a few numbers allocates nothing.
#[derive(Clone, Debug)]
pub struct Near<T> {
    first: [T; NEAR],
    /// All of them, where they are more.
    all: Vec<T>,
    len: usize,
}

/// `len` elements like `elem`.
#[inline(always)]
pub fn near<T: Copy>(elem: T, len: usize) -> Near<T> {
    let all = if len <= NEAR { Vec::new() } else { vec![elem; len] };
    Near { first: [elem; NEAR], all, len }
}

impl<T> Deref for Near<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        match self.first.get(..self.len) {
            Some(first) => first,
            None => &self.all,
        }
    }
}

impl<T> DerefMut for Near<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T] {
        match self.first.get_mut(..self.len) {
            Some(first) => first,
            None => &mut self.all,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{NEAR, near};

    #[test]
    fn is_as_long_as_asked_for() {
        for len in [0, 3, NEAR, NEAR + 1, 3 * NEAR] {
            let numbers = &mut near(0.5, len)[..];
            (0..len).for_each(|k| numbers[k] += k as f64);
            assert_eq!(numbers.len(), len);
            assert!((0..len).all(|k| numbers[k] == 0.5 + k as f64));
        }
    }
}
