//! Line numbers of byte offsets.

use std::cell::Cell;

/// Asked in ascending order, all its numbers cost one pass.
pub(super) struct Lines<'a> {
    raw: &'a [u8],
    /// The number of the first line.
    base: usize,
    /// The last answer: offset, and line ends before it.
    last: Cell<(usize, usize)>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(raw: &'a [u8]) -> Lines<'a> {
        Lines { raw, base: 1, last: Cell::default() }
    }

    /// For bytes that are decoded from something on this line.
    pub(super) fn all_on(line: usize) -> Lines<'a> {
        Lines { raw: &[], base: line, last: Cell::default() }
    }

    /// From 1.
    pub(super) fn number(&self, offset: usize) -> usize {
        let offset = offset.min(self.raw.len());
        let (start, ends) = Some(self.last.get()).filter(|(last, _)| *last <= offset).unwrap_or_default();
        let ends = ends + self.raw[start..offset].iter().filter(|&&b| b == b'\n').count();
        self.last.set((offset, ends));
        self.base + ends
    }
}
