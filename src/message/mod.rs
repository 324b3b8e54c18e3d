//! A mail as bytes, as parsed, as read.
//!
//! Pure. The only module that names `mail_parser`. Everything in a `Message` is what a reader of the mail sees, with
//! the way back to the place in the raw mail.

mod address;
pub mod anatomy;
mod attached;
mod attachment;
mod calendar;
mod charset;
mod complexity;
mod date;
mod draft;
mod dress;
mod envelope;
mod field;
mod header;
mod html;
mod lines;
mod mailbox;
mod parse;
mod part;
mod readdress;
mod reports;
mod resend;
pub mod text;

use std::collections::HashSet;
use std::ops::Range;

use jiff::Zoned;

pub use address::{Address, AddressError};
pub use attachment::{Attachment, Content, Entry, Kind};
pub use draft::as_draft;
pub use dress::{Dress, Picture};
pub use envelope::Envelope;
pub use field::{field_count, is_mail, without_field};
pub use header::Header;
pub use html::{Words, spots};
pub use mailbox::Mailbox;
pub use parse::Unreadable;
pub use readdress::{readdressed, shown, typed_mailboxes};
pub use reports::{Notify, Reports, Returns, Wish, is_xtext};
pub use resend::{resend_key, resend_key_of_octets};

use anatomy::{Anatomy, QuoteHead};
use text::Folded;

/// A mail as its reader sees it.
#[derive(Debug, Clone, Default)]
pub struct Message {
    pub headers: Vec<Header>,
    pub from: Vec<Mailbox>,
    pub sender: Vec<Mailbox>,
    pub reply_to: Vec<Mailbox>,
    pub to: Vec<Mailbox>,
    pub cc: Vec<Mailbox>,
    pub bcc: Vec<Mailbox>,
    /// Decoded; `None` if there is no such header.
    pub subject: Option<String>,
    /// With the sender's offset.
    pub date: Option<Zoned>,
    /// The texts shown, in order; one of several alternatives. The texts of attached mails are among them, as quoted
    /// text, and the words of an invitation unless another text says them.
    pub bodies: Vec<Body>,
    /// Whom an invitation in the mail names (RFC 5545 ATTENDEE); they need not be recipients.
    pub attendees: Vec<Mailbox>,
    pub attachments: Vec<Attachment>,
    /// Hashes of the texts that were not read because another alternative of them was.
    pub unread_texts: Vec<u64>,
    /// What could not be read.
    pub troubles: Vec<Trouble>,
    /// What the envelope says otherwise than the headers; nothing without an envelope.
    pub envelope: Joined,
}

/// How the recipients of the envelope and those of the headers differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Joined {
    /// Recipients of the envelope; 0 if there is none.
    pub count: usize,
    /// How many no header names; they are the last ones of `bcc`.
    pub unnamed: usize,
    /// Addresses of To and Cc that the envelope does not deliver to.
    pub undelivered: Vec<Address>,
}

/// Something in a mail that could not be read; the rest was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Text under this charset label had undecodable bytes.
    Charset { label: String, extent: Extent },
    /// A header names something that is not an address.
    Address(String),
    /// The MIME structure has no readable part.
    BrokenStructure,
    /// The mail, or a part of it, is encrypted or signed in a form that hides its text (S/MIME, PGP).
    Encrypted,
}

/// How much of a text could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// A character here and there.
    Some,
    /// So much that the rest tells nothing.
    Most,
}

/// One text of a mail.
#[derive(Debug, Clone)]
pub struct Body {
    /// Decoded, with the line ends it came with; HTML as text.
    pub original: String,
    pub anatomy: Anatomy,
    /// What the author wrote now: without quotes, signature and footer.
    pub own: Folded,
    /// What others wrote before.
    pub quoted: Folded,
    raw_line: usize,
    /// Lines of the text are lines of the raw mail.
    exact: bool,
}

/// A place in a decoded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// From 1, in Unicode scalar values.
    pub column: usize,
    /// The words, up to the end of their line.
    pub words: String,
    /// The whole line.
    pub context: String,
    /// Line of the raw mail, from 1.
    pub raw_line: usize,
}

impl Message {
    /// Reads a raw mail.
    ///
    /// # Errors
    /// Only for input that is no mail or whose structure is an attack; everything else is read as far as it goes,
    /// and `troubles` tells the rest.
    pub fn parse(raw: &[u8]) -> Result<Message, Unreadable> {
        parse::parse(raw)
    }

    /// The first header field of this lower-case name.
    pub fn header(&self, name: &str) -> Option<&Header> {
        self.headers.iter().find(|header| header.name == name)
    }

    /// All header recipients with the field that names them.
    pub fn recipients(&self) -> impl Iterator<Item = (&'static str, &Mailbox)> {
        let lists = [("to", &self.to), ("cc", &self.cc), ("bcc", &self.bcc)];
        lists.into_iter().flat_map(|(field, list)| list.iter().map(move |mailbox| (field, mailbox)))
    }

    /// Adds the recipients that only the envelope names: to their readers they are blind copies.
    pub fn add_envelope(&mut self, envelope: &Envelope) {
        let named: HashSet<String> = self.recipients().map(|(_, mailbox)| mailbox.address.key()).collect();
        let delivered: HashSet<String> = envelope.recipients.iter().map(Address::key).collect();
        let visible = self.to.iter().chain(&self.cc).map(|mailbox| &mailbox.address);
        let undelivered = visible.filter(|address| !delivered.contains(&address.key())).cloned().collect();
        let before = self.bcc.len();
        let blind = envelope.recipients.iter().filter(|address| !named.contains(&address.key()));
        self.bcc.extend(blind.map(|address| Mailbox { name: String::new(), address: address.clone() }));
        let unnamed = self.bcc.len() - before;
        self.envelope = Joined { count: envelope.recipients.len(), unnamed, undelivered };
    }

    /// Reads the address lists out of the headers.
    fn read_addresses(&mut self) {
        for at in 0..self.headers.len() {
            let header = &self.headers[at];
            if !matches!(header.name.as_str(), "from" | "sender" | "reply-to" | "to" | "cc" | "bcc") {
                continue;
            }
            let (mut mailboxes, unreadable) = mailbox::parse_list(&header.raw);
            let list = match header.name.as_str() {
                "from" => &mut self.from,
                "to" => &mut self.to,
                "cc" => &mut self.cc,
                "bcc" => &mut self.bcc,
                "reply-to" => &mut self.reply_to,
                _ => &mut self.sender,
            };
            // A repeated header is against RFC 5322 section 3.6, and its recipients get the mail all the same.
            list.append(&mut mailboxes);
            self.troubles.extend(unreadable.into_iter().map(Trouble::Address));
        }
    }

    /// What the subject says of the quoted mail: `Fwd:` forwards it, however its head looks.
    fn note_forwarding(&mut self) {
        const PREFIXES: [&str; 9] = ["fw:", "fwd:", "fw：", "fwd：", "転送:", "転送：", "wg:", "tr:", "rv:"];
        let subject = self.subject.as_deref().unwrap_or_default().trim_start().to_lowercase();
        if PREFIXES.iter().any(|prefix| subject.starts_with(prefix)) {
            let head = self.bodies.iter_mut().find_map(|body| body.anatomy.quote_head.as_mut());
            head.into_iter().for_each(|head| head.forwarded = true);
        }
    }

    /// Where `words` stand in a header field; its beginning, without words, if they cannot be found literally.
    pub fn place_in_header(&self, name: &str, words: &str) -> Place {
        let fields = || self.headers.iter().filter(|header| header.name == name);
        let holding = fields().find_map(|field| field.text.find(words).map(|at| (field, at)));
        let words = if holding.is_some() { words } else { "" };
        match holding.or_else(|| fields().next().map(|field| (field, 0))) {
            Some((field, at)) => Place {
                line: 1,
                column: field.text[..at].chars().count() + 1,
                words: words.to_owned(),
                context: field.text.clone(),
                raw_line: field.line,
            },
            None => Place { line: 1, column: 1, words: String::new(), context: String::new(), raw_line: 1 },
        }
    }
}

impl Body {
    /// Takes a text apart; of an attached mail all is quoted.
    fn new(original: String, raw_line: usize, exact: bool, attached: Option<QuoteHead>) -> Body {
        let anatomy = match attached {
            Some(head) => Anatomy::of_quoted(&original, head),
            None => Anatomy::of(&original),
        };
        let own = Folded::of(&original, &anatomy.own);
        let quoted = Folded::of(&original, &anatomy.quoted);
        Body { original, anatomy, own, quoted, raw_line, exact }
    }

    /// The octets of the original text where these words stand: the way back from [`Body::place`].
    pub fn range(&self, line: usize, column: usize, words: &str) -> Option<Range<usize>> {
        let start = self.original.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum::<usize>();
        let (at, _) = self.original.get(start..)?.char_indices().nth(column.checked_sub(1)?)?;
        let range = start + at..start + at + words.len();
        (self.original.get(range.clone()) == Some(words) && !words.is_empty()).then_some(range)
    }

    /// The place of a range of the original text.
    pub fn place(&self, range: Range<usize>) -> Place {
        let start = range.start.min(self.original.len());
        let before = &self.original[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line_end = self.original[start..].find('\n').map_or(self.original.len(), |at| start + at);
        let line = before.matches('\n').count() + 1;
        let context = self.original[line_start..line_end].trim_end_matches('\r');
        let words = &self.original[start..range.end.clamp(start, line_end)];
        Place {
            line,
            column: self.original[line_start..start].chars().count() + 1,
            words: window(words, 0..0).trim_end().to_owned(),
            context: window(context, start - line_start..start - line_start + words.len()).to_owned(),
            raw_line: if self.exact { self.raw_line + line - 1 } else { self.raw_line },
        }
    }
}

/// As much of a line around the words as a person wants to see; a line may be as long as the mail.
fn window(line: &str, words: Range<usize>) -> &str {
    const AROUND: usize = 2000;
    let mut start = words.start.saturating_sub(AROUND).min(line.len());
    let mut end = words.end.saturating_add(AROUND).min(line.len());
    while !line.is_char_boundary(start) {
        start -= 1;
    }
    while !line.is_char_boundary(end) {
        end += 1;
    }
    &line[start..end]
}
