//! Address books as people export them: vCard, CSV, LDIF.
//!
//! Pure. Knows how the programs people use write their contacts; not where a file came from, nor what is done with
//! the people in it. The only module that names `calcard` and `csv`.

mod charset;
mod columns;
mod contact;
mod ldif;
mod lines;
mod problem;
mod quoted;
mod table;
mod unreadable;
mod vcard;

pub use problem::{Problem, Trouble};
pub use unreadable::{Foreign, Unreadable};

/// One person (or company, or list) with at least one address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// As the book shows it; empty if it has none.
    pub name: String,
    /// What else the person is called: readings, nicknames, the name in another order or script.
    pub names: Vec<String>,
    pub organisation: String,
    pub role: String,
    /// Each a valid address, as written; none twice.
    pub addresses: Vec<String>,
}

/// What an address book holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    /// In the order of the file. Contacts without an address are not among them.
    pub entries: Vec<Entry>,
    /// What could not be read, in the order of the file; after a thousand they are only counted.
    pub problems: Vec<Problem>,
}

/// The formats that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// 2.1, 3.0 (RFC 2426) or 4.0 (RFC 6350).
    VCard,
    /// Separated by commas, semicolons or tabs, with names of columns in its first row.
    Csv,
    /// RFC 2849.
    Ldif,
}

/// Where octets that no text has are looked for.
const START: usize = 4096;

/// Reads an address book of any known format and charset.
///
/// # Errors
/// If it is none, or a table whose columns say nothing.
pub fn read(octets: &[u8]) -> Result<Book, Unreadable> {
    if let Some(foreign) = Foreign::of(octets) {
        return Err(Unreadable::Foreign(foreign));
    }
    let text = charset::text(octets);
    if text.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    if text.bytes().take(START).any(|octet| octet == 0) {
        return Err(Unreadable::Foreign(Foreign::Binary));
    }
    let mut book = Book::default();
    match Format::at_first_sight(&text) {
        Some(Format::VCard) => vcard::read(&text, &mut book),
        Some(Format::Ldif) => ldif::read(&text, &mut book),
        Some(Format::Csv) | None => match table::read(&text, &mut book) {
            Ok(()) => {}
            // A remark or a scrap may stand above the first card.
            Err(_) if vcard::begins_in(&text) => vcard::read(&text, &mut book),
            Err(_) if ldif::begins_in(&text) => ldif::read(&text, &mut book),
            Err(unreadable) => return Err(unreadable),
        },
    }
    Ok(book)
}

impl Format {
    /// What the first line says, if it says it.
    fn at_first_sight(text: &str) -> Option<Format> {
        let mut lines = lines::Lines::new(text).map(|(_, line)| line.trim());
        let first = lines.find(|line| !line.is_empty() && !line.starts_with('#'))?;
        if vcard::is_begin(first) {
            return Some(Format::VCard);
        }
        ldif::is_begin(first).then_some(Format::Ldif)
    }
}
