//! Lists as packs write them.

use std::fmt;

use serde::de::{self, SeqAccess, Visitor};

/// What stands between entries of a long list that is written as one text.
const SEPARATOR: &str = " | ";

/// A list, or a text with an entry per line or between ` | `: long lists are read faster so, by people and machines.
pub(super) struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of words, or a text with an entry per line")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<String>, E> {
        let entries = text.lines().flat_map(|line| line.split(SEPARATOR)).map(str::trim);
        Ok(entries.filter(|entry| !entry.is_empty()).map(str::to_owned).collect())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<String>, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = items.next_element()? {
            entries.push(entry);
        }
        Ok(entries)
    }
}
