//! What a format says of one person, made an entry.

use crate::message::{Address, AddressError};

use super::problem::{Trouble, shown};
use super::{Book, Entry};

/// The names and addresses of one person, as found.
#[derive(Debug, Clone, Default)]
pub(super) struct Contact {
    /// The name as the book shows it.
    pub(super) shown: String,
    pub(super) name: Name,
    pub(super) reading: Name,
    /// Nicknames and whole readings.
    pub(super) others: Vec<String>,
    pub(super) organisation: String,
    pub(super) role: String,
    /// Each field that should hold addresses, with its line.
    pub(super) addresses: Vec<(usize, String)>,
}

/// A name in its parts.
#[derive(Debug, Clone, Default)]
pub(super) struct Name {
    pub(super) family: String,
    pub(super) given: String,
    pub(super) middle: String,
}

impl Name {
    /// In the order of its script: family name first in East Asia.
    pub(super) fn whole(&self) -> String {
        let parts = [&self.family, &self.given, &self.middle];
        let order = if parts.iter().any(|part| part.chars().any(is_east_asian)) { [0, 2, 1] } else { [1, 2, 0] };
        tidy(&order.map(|n| parts[n].as_str()).join(" "))
    }
}

/// Kana, ideographs, hangul.
fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11FF}' | '\u{2E80}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF66}'..='\u{FFDC}')
        || c >= '\u{20000}'
}

impl Contact {
    /// Puts the person into the book if there is an address, and what is none among its problems. Says whether
    /// anything stood where addresses should.
    pub(super) fn join(self, book: &mut Book) -> bool {
        let mut addresses: Vec<String> = Vec::new();
        let mut was_any = false;
        for (line, field) in &self.addresses {
            let read = addresses_of(field);
            was_any |= !read.is_empty();
            for address in read {
                match address {
                    Ok(address) if addresses.iter().any(|known| known.eq_ignore_ascii_case(address)) => {}
                    Ok(address) => addresses.push(address.to_owned()),
                    Err((text, error)) => book.note(*line, Trouble::NoAddress { text: shown(text), error }),
                }
            }
        }
        if !addresses.is_empty() {
            let entry = self.entry(addresses);
            book.entries.push(entry);
        }
        was_any
    }

    fn entry(self, mut addresses: Vec<String>) -> Entry {
        let whole = self.name.whole();
        let mut name = tidy(&self.shown);
        if name.is_empty() {
            name.clone_from(&whole);
        }
        let mut names: Vec<String> = Vec::new();
        let others = self.others.iter().map(|other| tidy(other));
        for other in [whole, self.reading.whole()].into_iter().chain(others) {
            let is_same = |known: &String| known.split(' ').eq(other.split(' '));
            if !other.is_empty() && !is_same(&name) && !names.iter().any(is_same) {
                names.push(other);
            }
        }
        names.shrink_to_fit();
        addresses.shrink_to_fit();
        Entry { name, names, organisation: tidy(&self.organisation), role: tidy(&self.role), addresses }
    }
}

/// One line, words apart by one space, no control characters.
pub(super) fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !tidy.is_empty() {
            tidy.push(' ');
        }
        tidy.push_str(word);
    }
    tidy.shrink_to_fit();
    tidy
}

type Read<'t> = Result<&'t str, (&'t str, AddressError)>;

/// The addresses of a field: one, `Name <address>`, or several.
fn addresses_of(field: &str) -> Vec<Read<'_>> {
    // `-` is how people write that there is none.
    if !field.contains(char::is_alphanumeric) {
        return Vec::new();
    }
    let whole = if field.matches('<').take(2).count() < 2 { bare(field) } else { field };
    let error = match parse(whole) {
        Ok(address) => return vec![Ok(address)],
        Err(error) => error,
    };
    // Google puts several into one field with ` ::: `, people with whatever separates.
    let pieces = field.split([';', ',', '、', '\n', '\r']).flat_map(|piece| piece.split(":::"));
    let pieces = pieces.map(bare).filter(|piece| piece.contains('@'));
    let read: Vec<Read<'_>> = pieces.map(|piece| parse(piece).map_err(|error| (piece, error))).collect();
    if read.iter().any(Result::is_ok) { read } else { vec![Err((field, error))] }
}

/// Without what people and programs put around an address.
fn bare(text: &str) -> &str {
    let text = text.trim();
    let text = match text.rfind('<') {
        Some(open) if text.ends_with('>') => text[open + 1..text.len() - 1].trim(),
        _ => text,
    };
    match text.split_at_checked(7) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("mailto:") => rest,
        _ => text,
    }
}

fn parse(text: &str) -> Result<&str, AddressError> {
    if !text.contains('@') {
        return Err(AddressError::NoAt);
    }
    Address::parse(text).map(|_| text)
}

/// The first word of a text that is an address.
pub(super) fn address_in(text: &str) -> Option<&str> {
    let words = text.split(|c: char| c.is_whitespace() || "<>()[]（）「」:;,、\"".contains(c));
    words.map(|word| word.trim_end_matches('.')).find(|word| parse(word).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_may_hold_several_addresses() {
        for (field, read) in [
            ("", vec![]),
            (" - ", vec![]),
            (" a@b.example ", vec!["a@b.example"]),
            ("mailto:a@b.example", vec!["a@b.example"]),
            ("Sato, Hana <a@b.example>", vec!["a@b.example"]),
            ("a@b.example ::: c@d.example", vec!["a@b.example", "c@d.example"]),
            ("Sato, H <a@b.example>; Ito, J <c@d.example>", vec!["a@b.example", "c@d.example"]),
            ("a@b.example、c@d.example", vec!["a@b.example", "c@d.example"]),
            ("\"a, b\"@d.example", vec!["\"a, b\"@d.example"]),
        ] {
            assert_eq!(addresses_of(field), read.into_iter().map(Ok).collect::<Vec<_>>(), "{field}");
        }
        assert_eq!(addresses_of("none"), [Err(("none", AddressError::NoAt))]);
        assert_eq!(addresses_of("postmaster"), [Err(("postmaster", AddressError::NoAt))]);
        assert_eq!(addresses_of("a@b.example, c@"), [Ok("a@b.example"), Err(("c@", AddressError::NoAt))]);
        assert_eq!(address_in("Mail: (hana@a.example)."), Some("hana@a.example"));
    }

    #[test]
    fn names_stand_in_the_order_of_their_script() {
        let name = |family: &str, given: &str, middle: &str| Name {
            family: family.to_owned(),
            given: given.to_owned(),
            middle: middle.to_owned(),
        };
        assert_eq!(name("佐藤", "花子", "").whole(), "佐藤 花子");
        assert_eq!(name("ｻﾄｳ", "ﾊﾅｺ", "").whole(), "ｻﾄｳ ﾊﾅｺ");
        assert_eq!(name("Smith", "Ann", "B.").whole(), "Ann B. Smith");
        assert_eq!(name("", "", "").whole(), "");
    }
}
