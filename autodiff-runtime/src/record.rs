//! What a loop of unknown length keeps for its reverse sweep.

use alloc::vec::Vec;

/// How many entries are kept without allocating.
const INLINE: usize = 16;

/// A stack of scalars, the first of them in place: an iteration that converges in a few steps
/// allocates nothing.
#[derive(Clone, Debug)]
pub struct Record<T> {
    first: [T; INLINE],
    more: Vec<T>,
    len: usize,
}

impl<T: Copy> Record<T> {
    /// An empty record; `any` is some value of the type.
    #[inline]
    pub fn new(any: T) -> Self {
        Record { first: [any; INLINE], more: Vec::new(), len: 0 }
    }

    /// Keeps an entry.
    #[inline]
    pub fn push(&mut self, entry: T) {
        match self.first.get_mut(self.len) {
            Some(slot) => *slot = entry,
            None => self.more.push(entry),
        }
        self.len += 1;
    }

    /// Takes the last entry.
    #[inline]
    pub fn pop(&mut self) -> Option<T> {
        self.len = self.len.checked_sub(1)?;
        match self.first.get(self.len) {
            Some(entry) => Some(*entry),
            None => self.more.pop(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{INLINE, Record};

    #[test]
    fn gives_back_in_reverse() {
        let mut record = Record::new(0);
        for round in [3, INLINE, 3 * INLINE + 1] {
            (0..round).for_each(|k| record.push(k));
            (0..round).rev().for_each(|k| assert_eq!(record.pop(), Some(k)));
            assert_eq!(record.pop(), None);
        }
    }
}
