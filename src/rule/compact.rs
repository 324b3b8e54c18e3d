//! The packs as `build.rs` writes them: trees of values, which a start reads in a tenth of the time that TOML takes.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The table of a pack; `None` for octets that `build.rs` did not write.
pub(super) fn read(octets: &[u8]) -> Option<DeTable<'_>> {
    match Octets(octets).value()?.into_inner() {
        DeValue::Table(table) => Some(table),
        _ => None,
    }
}

/// What is left to read.
struct Octets<'a>(&'a [u8]);

impl<'a> Octets<'a> {
    fn value(&mut self) -> Option<Spanned<DeValue<'a>>> {
        let (tag, rest) = self.0.split_first()?;
        self.0 = rest;
        let (span, value) = match tag {
            b's' => (NOWHERE, DeValue::String(self.text()?)),
            b'y' | b'n' => (NOWHERE, DeValue::Boolean(*tag == b'y')),
            b'a' => (NOWHERE, DeValue::Array((0..self.number()?).map(|_| self.value()).collect::<Option<_>>()?)),
            b't' => (self.number()?..self.number()?, DeValue::Table(self.table()?)),
            // A number as TOML writes it.
            b'v' => (NOWHERE, DeValue::parse(self.str()?).ok()?.into_inner()),
            _ => return None,
        };
        Some(Spanned::new(span, value))
    }

    fn table(&mut self) -> Option<DeTable<'a>> {
        let count = self.number()?;
        let field = |_| Some((Spanned::new(NOWHERE, self.text()?), self.value()?));
        (0..count).map(field).collect()
    }

    fn text(&mut self) -> Option<Cow<'a, str>> {
        self.str().map(Cow::Borrowed)
    }

    fn str(&mut self) -> Option<&'a str> {
        let length = self.number()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }

    fn number(&mut self) -> Option<usize> {
        let (octets, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_le_bytes(*octets) as usize)
    }
}

/// Where a problem cannot be: the packs have none, and settings change nothing but tables, whose places are known.
const NOWHERE: Range<usize> = 0..0;
