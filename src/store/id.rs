//! The id of a stored mail: short enough to read out and type.

use std::fmt;

/// Crockford's base 32: no `i`, `l`, `o`, `u`, so that nothing is mistaken for `1`, `0` or a word.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Eight characters, 40 random bits. The store checks on insertion that an id is new.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MailId(String);

/// What a typed beginning of an id stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    One(MailId),
    None,
    /// Several mails begin like this: the first few of them, in order.
    Ambiguous(Vec<MailId>),
}

impl MailId {
    pub const LENGTH: usize = 8;

    /// Reads a whole id as a person may type it: capitals, `o` for `0`, `i` and `l` for `1`, hyphens and spaces.
    pub fn parse(text: &str) -> Option<MailId> {
        let id = normalise(text)?;
        (id.len() == MailId::LENGTH).then_some(MailId(id))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A new id, probably unused.
    pub(super) fn random() -> MailId {
        // The low 32 bits of a version 7 UUID are random, those above count up from a random start (RFC 9562 6.2).
        let (_, bits) = uuid::Uuid::now_v7().as_u64_pair();
        MailId((0..MailId::LENGTH).rev().map(|i| char::from(ALPHABET[(bits >> (5 * i)) as usize & 31])).collect())
    }

    /// An id as the database has it.
    pub(super) fn stored(text: String) -> MailId {
        MailId(text)
    }
}

/// The canonical spelling of an id or of its beginning; `None` when it cannot be one.
pub(super) fn normalise(text: &str) -> Option<String> {
    let mut id = String::new();
    for c in text.chars().filter(|c| !matches!(c, '-' | ' ')) {
        let c = match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            c => c,
        };
        if !c.is_ascii() || !ALPHABET.contains(&(c as u8)) || id.len() == MailId::LENGTH {
            return None;
        }
        id.push(c);
    }
    (!id.is_empty()).then_some(id)
}

impl fmt::Display for MailId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_typed_back_in_any_spelling() {
        let id = MailId::parse("k0m1x9az").expect("made of the alphabet");
        for text in ["K0M1X9AZ", "komlx9az", "KOMI-X9AZ", " k0m1 x9az "] {
            assert_eq!(MailId::parse(text).as_ref(), Some(&id), "{text}");
        }
        for text in ["", "k0m1x9a", "k0m1x9az2", "k0m1x9au", "k0m1x9a'", "宛名宛名宛名宛名", "%_%_%_%_"] {
            assert_eq!(MailId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn new_ids_are_valid_and_differ() {
        let ids: HashSet<MailId> = (0..1000).map(|_| MailId::random()).collect();
        assert!(ids.len() >= 999, "{} of 1000 differ", ids.len());
        assert!(ids.iter().all(|id| MailId::parse(id.as_str()).as_ref() == Some(id)));
    }
}
