//! vCard 2.1, 3.0 and 4.0.
//!
//! `calcard` takes a card apart. What it does not do is done before: cards are told apart with their lines, and the
//! quoted-printable of 2.1 is decoded (in Shift_JIS an octet may be a backslash, which is no escape there). Properties
//! nobody asks for, photos above all, are left out.

use calcard::vcard::{VCard, VCardEntry, VCardParameterName, VCardProperty, VCardValue};
use calcard::{Entry as Parsed, Parser};

use super::contact::{Contact, Name};
use super::lines::{Folding, Lines, Unfolded};
use super::problem::Trouble;
use super::{Book, charset, quoted};

const WANTED: [&str; 12] =
    ["FN", "N", "NICKNAME", "EMAIL", "ORG", "TITLE", "ROLE", "SORT-STRING", SOUND_NAME, FIRST, MIDDLE, LAST];

const FIRST: &str = "X-PHONETIC-FIRST-NAME";
const MIDDLE: &str = "X-PHONETIC-MIDDLE-NAME";
const LAST: &str = "X-PHONETIC-LAST-NAME";

/// `SOUND;X-IRMC-N`, the reading as Japanese phones write it. Any other SOUND is one.
const SOUND_NAME: &str = "X-IRMC-N";

pub(super) fn is_begin(line: &str) -> bool {
    is_mark(line, "BEGIN")
}

pub(super) fn begins_in(text: &str) -> bool {
    Lines::new(text).any(|(_, line)| is_begin(line))
}

fn is_mark(line: &str, mark: &str) -> bool {
    let Some((name, value)) = line.split_once(':') else { return false };
    name.trim().eq_ignore_ascii_case(mark) && value.trim().eq_ignore_ascii_case("VCARD")
}

pub(super) fn read(text: &str, book: &mut Book) {
    let mut open: Option<Card> = None;
    for (number, line) in Unfolded::new(text, Folding::VCard) {
        if is_begin(&line) {
            match open.as_mut() {
                // vCard 2.1 section 2.4.2: a card within a card.
                Some(card) if card.is_at_agent => {
                    card.agents += 1;
                    card.is_at_agent = false;
                }
                _ => {
                    unended(open.replace(Card::new(number)), book);
                }
            }
        } else if is_mark(&line, "END") {
            match open.as_mut() {
                Some(card) if card.agents > 0 => card.agents -= 1,
                _ => {
                    if let Some(card) = open.take() {
                        card.join(book);
                    }
                }
            }
        } else if let Some(card) = open.as_mut() {
            card.take(number, &line);
        }
    }
    unended(open, book);
}

fn unended(card: Option<Card>, book: &mut Book) {
    if let Some(card) = card {
        book.note(card.line, Trouble::NoEnd);
        card.join(book);
    }
}

/// A card while its lines come in.
struct Card {
    line: usize,
    /// What is wanted of it, as vCard 3.0.
    text: String,
    email_lines: Vec<usize>,
    is_at_agent: bool,
    /// How many cards within this one are open.
    agents: usize,
}

impl Card {
    fn new(line: usize) -> Card {
        let text = "BEGIN:VCARD\r\nVERSION:3.0\r\n".to_owned();
        Card { line, text, email_lines: Vec::new(), is_at_agent: false, agents: 0 }
    }

    fn take(&mut self, number: usize, line: &str) {
        if line.trim().is_empty() || self.agents > 0 {
            return;
        }
        let Some((head, value)) = split_head(line) else { return };
        let mut parameters = head.split(';');
        let name = parameters.next().unwrap_or_default();
        // `item1.EMAIL`
        let name = name.rsplit('.').next().unwrap_or_default().trim().to_ascii_uppercase();
        self.is_at_agent = name == "AGENT";
        let is_irmc = || head.to_ascii_uppercase().contains(SOUND_NAME);
        let name = if name == "SOUND" && is_irmc() { SOUND_NAME } else { name.as_str() };
        if !WANTED.contains(&name) {
            return;
        }
        if name == "EMAIL" {
            self.email_lines.push(number);
        }
        self.text.push_str(name);
        let value = self.parameters(parameters, value);
        self.text.push(':');
        self.text.push_str(&value);
        self.text.push_str("\r\n");
    }

    /// Keeps the parameters; the value loses its quoted-printable, and they what told of it.
    fn parameters<'t>(
        &mut self,
        parameters: impl Iterator<Item = &'t str>,
        value: &'t str,
    ) -> std::borrow::Cow<'t, str> {
        let mut charset = None;
        let mut is_quoted = false;
        for parameter in parameters {
            let (name, setting) = parameter.split_once('=').unwrap_or((parameter, parameter));
            if name.trim().eq_ignore_ascii_case("CHARSET") {
                charset = Some(setting);
            } else if setting.trim().eq_ignore_ascii_case("QUOTED-PRINTABLE") {
                is_quoted = true;
            } else {
                self.text.push(';');
                self.text.push_str(parameter);
            }
        }
        if !is_quoted || !value.contains('=') {
            return value.into();
        }
        let text = charset::labelled(&quoted::decode(value), charset);
        text.replace("\r\n", "\\n").replace(['\n', '\r'], "\\n").into()
    }

    fn join(mut self, book: &mut Book) {
        self.text.push_str("END:VCARD\r\n");
        if let Parsed::VCard(card) = Parser::new(&self.text).entry() {
            contact(&card, &self.email_lines, self.line).join(book);
        }
    }
}

/// The name with its parameters, and the value. A colon in quotation marks is part of a parameter.
fn split_head(line: &str) -> Option<(&str, &str)> {
    let mut is_quoted = false;
    let colon = line.find(|c: char| {
        is_quoted ^= c == '"';
        c == ':' && !is_quoted
    });
    // A mark that is never closed hides no value.
    colon.map(|at| (&line[..at], &line[at + 1..])).or_else(|| line.split_once(':'))
}

fn contact(card: &VCard, email_lines: &[usize], line: usize) -> Contact {
    let mut contact = Contact::default();
    let mut emails = email_lines.iter();
    for entry in &card.entries {
        match &entry.name {
            VCardProperty::Fn => first(&mut contact.shown, text(entry), &mut contact.others),
            VCardProperty::N => name(entry, &mut contact),
            VCardProperty::Nickname => contact.others.extend(texts(entry)),
            VCardProperty::Org => set(&mut contact.organisation, texts(entry).next().unwrap_or_default()),
            // What somebody is called (部長) tells more than what they do.
            VCardProperty::Title => contact.role = text(entry),
            VCardProperty::Role => set(&mut contact.role, text(entry)),
            VCardProperty::Email => {
                let line = emails.next().copied().unwrap_or(line);
                contact.addresses.push((line, text(entry)));
            }
            VCardProperty::Other(name) => match name.to_ascii_uppercase().as_str() {
                FIRST => contact.reading.given = text(entry),
                MIDDLE => contact.reading.middle = text(entry),
                LAST => contact.reading.family = text(entry),
                SOUND_NAME => contact.others.push(parts(&text(entry)).whole()),
                "SORT-STRING" => contact.others.push(text(entry)),
                _ => {}
            },
            _ => {}
        }
    }
    contact
}

fn set(place: &mut String, value: String) {
    if place.is_empty() {
        *place = value;
    }
}

fn first(place: &mut String, value: String, others: &mut Vec<String>) {
    if place.is_empty() { *place = value } else { others.push(value) }
}

/// RFC 6350 section 6.2.2; a second N is the name in another script or its reading (RFC 9554 section 4.6).
fn name(entry: &VCardEntry, contact: &mut Contact) {
    let values: Vec<String> = texts(entry).collect();
    let name = match values.as_slice() {
        // All in one value, its semicolons escaped or encoded.
        [one] => parts(one),
        _ => parts_of(values.into_iter()),
    };
    let is_reading = entry.parameters(&VCardParameterName::Phonetic).next().is_some();
    if is_reading || !contact.name.whole().is_empty() {
        contact.others.push(name.whole());
    } else {
        contact.name = name;
    }
    for sorted in entry.parameters(&VCardParameterName::SortAs).filter_map(|value| value.as_text()) {
        contact.others.push(parts_of(sorted.split(',').map(str::to_owned)).whole());
    }
}

fn parts(text: &str) -> Name {
    parts_of(text.split(';').map(str::to_owned))
}

fn parts_of(mut values: impl Iterator<Item = String>) -> Name {
    let mut next = || values.next().unwrap_or_default();
    Name { family: next(), given: next(), middle: next() }
}

fn text(entry: &VCardEntry) -> String {
    texts(entry).next().unwrap_or_default()
}

fn texts(entry: &VCardEntry) -> impl Iterator<Item = String> {
    entry.values.iter().filter_map(|value| match value {
        VCardValue::Text(text) => Some(text.clone()),
        VCardValue::Component(parts) => Some(parts.join(" ")),
        VCardValue::Binary(data) => Some(charset::labelled(&data.data, None)),
        _ => None,
    })
}
