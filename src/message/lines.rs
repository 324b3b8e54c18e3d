//! Line numbers of byte offsets.

use std::cell::Cell;

/// A number costs the way from the last one, forth or back: asked in about the order of the mail, all cost one pass.
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
        let (last, ends) = self.last.get();
        let count = |bytes: &[u8]| bytes.iter().filter(|&&b| b == b'\n').count();
        let ends = match last <= offset {
            true => ends + count(&self.raw[last..offset]),
            false => ends - count(&self.raw[offset..last]),
        };
        self.last.set((offset, ends));
        self.base + ends
    }
}
