//! Packs as `build.rs` writes them: trees of values, which a start reads in a small part of the time that TOML takes.
//!
//! A tag, then the value. A list of words is the number it was linked under; its entries are passed over, unless it names
//! other lists or a check reads them itself.

use serde::de::value::{BorrowedStrDeserializer, Error, MapAccessDeserializer, MapDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::words::Words;

/// The value of a tree.
///
/// # Errors
/// Octets that `build.rs` did not write, or did not write for this type.
pub(super) fn read<'a, T: Deserialize<'a>>(octets: &'a [u8]) -> Result<T, Error> {
    T::deserialize(&mut Octets(octets))
}

/// What is left to read.
struct Octets<'a>(&'a [u8]);

impl<'a> Octets<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or_else(|| Error::custom("the octets end"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn eight(&mut self) -> Result<[u8; 8], Error> {
        self.take(8)?.try_into().map_err(Error::custom)
    }

    fn number(&mut self) -> Result<usize, Error> {
        let octets = self.take(4)?.try_into().map_err(Error::custom)?;
        Ok(u32::from_le_bytes(octets) as usize)
    }

    fn text(&mut self) -> Result<&'a str, Error> {
        let length = self.number()?;
        std::str::from_utf8(self.take(length)?).map_err(Error::custom)
    }

    fn items(&mut self) -> Result<Items<'_, 'a>, Error> {
        Ok(Items { left: self.number()?, octets: self })
    }

    fn list(&mut self) -> Result<List, Error> {
        Ok(List { number: self.number()?, length: self.number()?, names_others: self.number()? != 0 })
    }
}

/// What stands before the entries of a list.
struct List {
    /// Under which it was linked.
    number: usize,
    /// Of its entries, in octets.
    length: usize,
    names_others: bool,
}

impl<'de> Deserializer<'de> for &mut Octets<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.take(1)? {
            b"s" => visitor.visit_borrowed_str(self.text()?),
            b"y" => visitor.visit_bool(true),
            b"n" => visitor.visit_bool(false),
            b"i" => visitor.visit_i64(i64::from_le_bytes(self.eight()?)),
            b"f" => visitor.visit_f64(f64::from_le_bytes(self.eight()?)),
            b"a" => visitor.visit_seq(self.items()?),
            b"w" => {
                self.list()?;
                self.deserialize_any(visitor)
            }
            b"t" => visitor.visit_map(self.items()?),
            _ => Err(Error::custom("no tag")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Error> {
        if name != Words::NAME || self.0.first() != Some(&b'w') {
            return visitor.visit_newtype_struct(self);
        }
        self.take(1)?;
        let list = self.list()?;
        let mut entries = Octets(self.take(list.length)?);
        let entries = if list.names_others { Vec::<String>::deserialize(&mut entries)? } else { Vec::new() };
        visitor.visit_map(MapDeserializer::new(std::iter::once((list.number, entries))))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.take(1)? {
            b"s" => visitor.visit_enum(BorrowedStrDeserializer::new(self.text()?)),
            b"t" => visitor.visit_enum(MapAccessDeserializer::new(self.items()?)),
            _ => Err(Error::custom("no variant")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

/// What is left of an array or a table.
struct Items<'o, 'a> {
    left: usize,
    octets: &'o mut Octets<'a>,
}

impl<'a> SeqAccess<'a> for Items<'_, 'a> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        seed.deserialize(&mut *self.octets).map(Some)
    }
}

impl<'a> MapAccess<'a> for Items<'_, 'a> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        seed.deserialize(BorrowedStrDeserializer::new(self.octets.text()?)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(&mut *self.octets)
    }
}
