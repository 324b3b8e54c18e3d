//! Tables with a row per contact: the CSV of Google Contacts, Outlook, Thunderbird and of people.

use csv::{ByteRecord, ReaderBuilder};

use super::columns::{Column, column};
use super::contact::{Contact, address_in};
use super::lines::{Counter, Lines};
use super::problem::{Trouble, shown};
use super::{Book, Unreadable};

const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// How many names of columns are told if none is known.
const TOLD: usize = 20;

/// How often reading begins anew behind a quotation mark that is never closed; each time costs the rest of the file.
const OPEN_QUOTES: usize = 8;

/// Reads all rows.
///
/// # Errors
/// If no column is known to hold addresses.
pub(super) fn read(text: &str, book: &mut Book) -> Result<(), Unreadable> {
    let start = if separator_line(text).is_some() { end_of_line(text, 0) } else { 0 };
    let mut best: Option<Layout> = None;
    let mut found: Vec<String> = Vec::new();
    for separator in SEPARATORS {
        let names = first_row(&text[start..], separator);
        let layout = Layout::of(&names, separator);
        if layout.has(Column::Address) && best.as_ref().is_none_or(|best| layout.known() > best.known()) {
            best = Some(layout);
        }
        if names.len() > found.len() {
            found = names;
        }
    }
    match best {
        Some(layout) => rows(text, start, &layout, book),
        None => {
            let found = found.iter().map(|name| shown(name)).filter(|name| !name.is_empty()).take(TOLD).collect();
            return Err(Unreadable::Columns { found });
        }
    }
    Ok(())
}

/// `sep=;`, which Excel takes from a first line of its own.
fn separator_line(text: &str) -> Option<&str> {
    let (_, line) = Lines::new(text).next()?;
    line.get(..4).filter(|start| start.eq_ignore_ascii_case("sep=")).map(|_| line).filter(|line| line.len() == 5)
}

/// The offset behind the line that begins at or holds an offset.
fn end_of_line(text: &str, offset: usize) -> usize {
    let rest = &text.as_bytes()[offset..];
    match rest.iter().position(|octet| matches!(octet, b'\n' | b'\r')) {
        Some(end) if rest[end..].starts_with(b"\r\n") => offset + end + 2,
        Some(end) => offset + end + 1,
        None => text.len(),
    }
}

fn first_row(text: &str, separator: u8) -> Vec<String> {
    let mut reader = reader(text, separator);
    let mut record = ByteRecord::new();
    // Reading from memory does not fail, and rows of any length are taken.
    let _ = reader.read_byte_record(&mut record);
    record.iter().map(|field| String::from_utf8_lossy(field).trim().to_owned()).collect()
}

fn reader(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes())
}

/// The columns of a table.
struct Layout {
    separator: u8,
    names: Vec<String>,
    columns: Vec<Column>,
}

impl Layout {
    fn of(names: &[String], separator: u8) -> Layout {
        let mut layout =
            Layout { separator, names: names.to_vec(), columns: names.iter().map(|name| column(name)).collect() };
        let is_given = layout.has(Column::Family) && !layout.has(Column::Given);
        layout.replace(Column::NameOrGiven, if is_given { Column::Given } else { Column::Name });
        let is_role = !layout.has(Column::Role);
        layout.replace(Column::Title, if is_role { Column::Role } else { Column::Other });
        layout
    }

    fn has(&self, column: Column) -> bool {
        self.columns.contains(&column)
    }

    fn known(&self) -> usize {
        self.columns.iter().filter(|&&column| column != Column::Other).count()
    }

    fn replace(&mut self, old: Column, new: Column) {
        for column in self.columns.iter_mut().filter(|column| **column == old) {
            *column = new;
        }
    }

    fn contact(&self, record: &ByteRecord, line: usize) -> Contact {
        let mut contact = Contact::default();
        let mut address_name = String::new();
        for (&column, field) in self.columns.iter().zip(record) {
            let field = String::from_utf8_lossy(field);
            let field = field.trim();
            if field.is_empty() {
                continue;
            }
            let place = match column {
                Column::Given => &mut contact.name.given,
                Column::Family => &mut contact.name.family,
                Column::Middle => &mut contact.name.middle,
                Column::Name | Column::NameOrGiven => &mut contact.shown,
                Column::GivenReading => &mut contact.reading.given,
                Column::FamilyReading => &mut contact.reading.family,
                Column::MiddleReading => &mut contact.reading.middle,
                Column::Organisation => &mut contact.organisation,
                Column::Role | Column::Title => &mut contact.role,
                Column::AddressName => &mut address_name,
                Column::NameReading | Column::Nickname => {
                    contact.others.push(field.to_owned());
                    continue;
                }
                Column::Address => {
                    contact.addresses.push((line, field.to_owned()));
                    continue;
                }
                Column::Other => continue,
            };
            if place.is_empty() {
                field.clone_into(place);
            }
        }
        if contact.shown.is_empty() && contact.name.whole().is_empty() {
            contact.shown = without_address(&address_name).to_owned();
        }
        contact
    }

    /// An address in a column that is not for addresses, with the name of the column.
    fn elsewhere(&self, record: &ByteRecord) -> Option<Trouble> {
        let mut fields = record.iter().enumerate();
        fields.find_map(|(n, field)| {
            let text = String::from_utf8_lossy(field);
            let address = shown(address_in(&text)?);
            let name = self.names.get(n).map(|name| shown(name)).filter(|name| !name.is_empty());
            Some(Trouble::Elsewhere { address, column: name.unwrap_or_else(|| (n + 1).to_string()) })
        })
    }
}

/// Outlook writes `Hana Sato (hana@a.example)`, or the address alone.
fn without_address(name: &str) -> &str {
    let name = match name.rfind('(') {
        Some(open) if name[open..].contains('@') => name[..open].trim(),
        _ => name,
    };
    if name.contains('@') { "" } else { name }
}

fn rows(text: &str, start: usize, layout: &Layout, book: &mut Book) {
    let mut counter = Counter::new(text);
    let mut start = start;
    let mut is_head = true;
    let mut record = ByteRecord::new();
    for attempt in 0..=OPEN_QUOTES {
        let mut reader = reader(&text[start..], layout.separator);
        let mut open = None;
        while let Ok(true) = reader.read_byte_record(&mut record) {
            let at = begin(text, start + offset(record.position().map_or(0, csv::Position::byte)));
            let end = (start + offset(reader.position().byte())).min(text.len());
            let line = counter.line_of(at);
            if end == text.len() && attempt < OPEN_QUOTES && is_open(&text[at.min(end)..], layout.separator) {
                open = Some((at, line));
                break;
            }
            if !is_head {
                row(layout, &record, line, book);
            }
            is_head = false;
        }
        let Some((at, line)) = open else { return };
        book.note(line, Trouble::OpenQuote);
        is_head = false;
        start = end_of_line(text, at);
    }
}

fn row(layout: &Layout, record: &ByteRecord, line: usize, book: &mut Book) {
    let was_any = layout.contact(record, line).join(book);
    if !was_any && let Some(trouble) = layout.elsewhere(record) {
        book.note(line, trouble);
    }
}

fn offset(byte: u64) -> usize {
    usize::try_from(byte).unwrap_or(usize::MAX)
}

/// Where a row begins: the reader counts the empty lines before it as its own.
fn begin(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    at + rest.iter().take_while(|octet| matches!(octet, b'\n' | b'\r')).count()
}

/// Does this row end within quotation marks? They count where a field begins.
fn is_open(row: &str, separator: u8) -> bool {
    let mut octets = row.bytes().peekable();
    let mut is_start = true;
    while let Some(octet) = octets.next() {
        if octet == b'"' && is_start {
            loop {
                match octets.next() {
                    None => return true,
                    // Two of them are one within the value.
                    Some(b'"') if octets.next_if_eq(&b'"').is_none() => break,
                    Some(_) => {}
                }
            }
        }
        is_start = octet == separator;
    }
    false
}
