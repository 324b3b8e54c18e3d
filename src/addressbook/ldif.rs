//! LDIF (RFC 2849) as Thunderbird, Netscape and directories export it: the attributes of people.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::Book;
use super::charset;
use super::contact::{Contact, Name};
use super::lines::{Folding, Lines, Unfolded};
use super::problem::{Trouble, shown};

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Is this the first line of a file?
pub(super) fn is_begin(line: &str) -> bool {
    let Some((name, value)) = line.split_once(':') else { return false };
    name.eq_ignore_ascii_case("dn") || (name.eq_ignore_ascii_case("version") && value.trim() == "1")
}

pub(super) fn begins_in(text: &str) -> bool {
    Lines::new(text).any(|(_, line)| is_begin(line))
}

pub(super) fn read(text: &str, book: &mut Book) {
    let mut record = Record::default();
    for (number, line) in Unfolded::new(text, Folding::Ldif) {
        if line.trim().is_empty() {
            std::mem::take(&mut record).join(book);
            continue;
        }
        // RFC 2849: a comment, which may be folded too.
        if line.starts_with('#') {
            continue;
        }
        let Some((name, value)) = line.split_once(':') else { continue };
        let name = name.trim();
        if name.eq_ignore_ascii_case("dn") {
            // The empty line between records is missing.
            std::mem::take(&mut record).join(book);
            continue;
        }
        record.take(number, name, value, book);
    }
    record.join(book);
}

/// One record: an entry, or a change to one.
#[derive(Default)]
struct Record {
    contact: Contact,
    is_change: bool,
}

impl Record {
    fn join(self, book: &mut Book) {
        if !self.is_change {
            self.contact.join(book);
        }
    }

    fn take(&mut self, line: usize, name: &str, value: &str, book: &mut Book) {
        let mut options = name.split(';');
        let name = options.next().unwrap_or_default().to_ascii_lowercase();
        if name == "changetype" {
            // RFC 2849: `add` gives a whole entry, the others change one that is elsewhere.
            self.is_change = !value.trim().eq_ignore_ascii_case("add");
            return;
        }
        let Some(field) = Field::of(&name) else { return };
        match text(value) {
            Ok(Some(value)) if value.trim().is_empty() => {}
            Ok(Some(value)) => {
                let is_reading = options.any(|option| option.eq_ignore_ascii_case("phonetic"));
                self.set(line, field, value, is_reading);
            }
            Ok(None) => {}
            Err(NoBase64) => book.note(line, Trouble::NoBase64 { field: shown(&name) }),
        }
    }

    fn set(&mut self, line: usize, field: Field, value: String, is_reading: bool) {
        let contact = &mut self.contact;
        let Name { family, given, .. } = if is_reading { &mut contact.reading } else { &mut contact.name };
        let place = match field {
            Field::Family => family,
            Field::Given => given,
            Field::Shown if !is_reading && contact.shown.is_empty() => &mut contact.shown,
            Field::Shown | Field::Nickname => return contact.others.push(value),
            Field::Organisation if !is_reading => &mut contact.organisation,
            Field::Role if !is_reading => &mut contact.role,
            Field::Organisation | Field::Role => return,
            Field::Address => return contact.addresses.push((line, value)),
        };
        if place.is_empty() {
            *place = value;
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Field {
    Shown,
    Family,
    Given,
    Nickname,
    Organisation,
    Role,
    Address,
}

impl Field {
    /// RFC 4519, RFC 4524, and the schema of Mozilla.
    fn of(name: &str) -> Option<Field> {
        Some(match name {
            "cn" | "commonname" | "displayname" => Field::Shown,
            "sn" | "surname" => Field::Family,
            "givenname" | "gn" => Field::Given,
            "mozillanickname" | "xmozillanickname" | "nickname" => Field::Nickname,
            "o" | "organizationname" | "company" => Field::Organisation,
            "title" => Field::Role,
            "mail" | "rfc822mailbox" | "mozillasecondemail" | "xmozillasecondemail" | "mailalternateaddress" => {
                Field::Address
            }
            _ => return None,
        })
    }
}

struct NoBase64;

/// The value behind the first colon; `None` if it stands in another file (`:<`).
fn text(value: &str) -> Result<Option<String>, NoBase64> {
    if let Some(encoded) = value.strip_prefix(':') {
        let encoded: String = encoded.split_whitespace().collect();
        let octets = BASE64.decode(encoded).map_err(|_| NoBase64)?;
        return Ok(Some(charset::labelled(&octets, None)));
    }
    Ok((!value.starts_with('<')).then(|| value.trim().to_owned()))
}
