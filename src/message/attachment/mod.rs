//! Attached files: which parts are files to their reader, and what can be seen of them in bounded work.

mod archive;
mod content;
mod document;
mod pdf;
mod rar;

pub use content::Content;

use super::charset;

/// A part that is not shown as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The file name as its receiver sees it; for an attached mail without one, its subject; else empty.
    pub name: String,
    /// `application/pdf`, in lower case.
    pub media_type: String,
    /// Decoded size in bytes.
    pub size: usize,
    pub kind: Kind,
    /// What the bytes are, whatever the name says.
    pub content: Content,
    /// It needs a password to be opened: an encrypted archive, PDF or Office file.
    pub encrypted: bool,
    /// The files of an archive, and of archives one level inside it; at most 2,000.
    pub entries: Vec<Entry>,
    /// Where a document's text begins, one paragraph, cell or line of a page a line; empty where nothing was read. At
    /// most 8 kB.
    pub text: String,
    /// A hash of the content, for recognising the same file.
    pub digest: u64,
    pub(crate) raw_line: usize,
}

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// With its folders, `/` between them; one inside a nested archive begins with that archive's name.
    pub name: String,
    /// What its first bytes are; [`Content::Unknown`] where they were not looked at.
    pub content: Content,
}

/// What a part is to its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A picture inside the text: logo, tracking pixel.
    Embedded,
    /// A signature, key or certificate added by the mail program.
    Signature,
    /// An invitation or business card.
    Card,
    /// A scrap of text that a mail server named `ATT00001.txt`.
    Scrap,
    /// An encrypted mail (S/MIME, PGP): nothing in it can be checked.
    EncryptedMail,
    /// Nothing a reader ever sees.
    Nothing,
}

/// Entries listed for one attachment; more files in one archive nobody names by hand.
pub(super) const MAX_ENTRIES: usize = 2000;
/// Text kept of one document, in bytes.
pub(super) const MAX_TEXT: usize = 8 << 10;
/// Bytes inflated for all attachments of one mail together: what a hostile archive can cost.
const MAX_INFLATED: usize = 1 << 20;
/// Bytes read and unpacked for all PDFs of one mail together: pages, fonts, and the way to them.
const MAX_PDF: usize = 4 << 20;
/// A scrap is the line or two between two pictures, or a list's footer; in bytes.
const LARGEST_SCRAP: usize = 4 << 10;

impl Attachment {
    /// Somebody attached this on purpose.
    pub fn is_file(&self) -> bool {
        self.kind == Kind::File
    }
}

/// What is left of the work that one mail's attachments may cause, in bytes.
pub(super) struct Budget {
    inflated: usize,
    pages: usize,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { inflated: MAX_INFLATED, pages: MAX_PDF }
    }
}

/// What a part says of itself.
pub(super) struct Label {
    pub(super) name: String,
    pub(super) media_type: String,
    pub(super) charset: Option<String>,
    pub(super) kind: Kind,
    pub(super) raw_line: usize,
}

pub(super) fn kind(media_type: &str, embedded: bool, named: bool) -> Kind {
    match media_type {
        "application/pkcs7-signature"
        | "application/x-pkcs7-signature"
        | "application/pgp-signature"
        | "application/pgp-keys" => Kind::Signature,
        "application/pkcs7-mime" | "application/x-pkcs7-mime" | "application/pgp-encrypted" => Kind::EncryptedMail,
        "text/calendar" | "application/ics" | "text/vcard" | "text/x-vcard" => Kind::Card,
        "message/delivery-status" | "message/disposition-notification" => Kind::Nothing,
        "" if !named => Kind::Nothing,
        _ if media_type.starts_with("image/") && embedded => Kind::Embedded,
        _ => Kind::File,
    }
}

/// Content-IDs of the pictures that a page shows (`<img src="cid:…">`), in lower case.
pub(super) fn shown_pictures(html: &str) -> Vec<String> {
    // A page shows a handful; an invented one may name thousands.
    const MOST: usize = 200;
    let end = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '>' | ')' | '&');
    let id = |rest: &str| rest.split(end).next().unwrap_or_default().to_ascii_lowercase();
    html.split("cid:").skip(1).take(MOST).map(|rest| id(&rest[..rest.floor_char_boundary(256)])).collect()
}

/// A picture in the text although it is declared a file: Outlook does so, and names it `image001.png`.
pub(super) fn is_named_by_outlook(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.strip_prefix("image").is_some_and(|n| n.len() == 3 && is_number(n))
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// Exchange gives the nameless texts between attachments names of its own.
fn is_scrap(name: &str, size: usize) -> bool {
    let stem = ["txt", "htm", "html"].iter().find_map(|end| name.strip_suffix(end)?.strip_suffix('.'));
    size <= LARGEST_SCRAP
        && stem.and_then(|stem| stem.strip_prefix("ATT")).is_some_and(|n| n.len() >= 5 && is_number(n))
}

/// Looks into a part's content as far as the budget goes.
pub(super) fn read(label: Label, content: &[u8], budget: &mut Budget) -> Attachment {
    let Label { name, media_type, charset, kind, raw_line } = label;
    let scrap = kind == Kind::File && is_scrap(&name, content.len());
    let mut out = Attachment {
        size: content.len(),
        kind: if scrap { Kind::Scrap } else { kind },
        content: content::of(content),
        encrypted: false,
        entries: Vec::new(),
        text: String::new(),
        digest: digest(content),
        name,
        media_type,
        raw_line,
    };
    match out.content {
        Content::Archive => look_into(&mut out, content, budget),
        Content::Pdf => {
            let text;
            (out.encrypted, text) = pdf::read(content, &mut budget.pages);
            out.text = clipped(text);
        }
        Content::Office | Content::Macros => out.encrypted = content::is_locked_office(content),
        _ if is_plain_text(&out.name, &out.media_type) => {
            let start = &content[..content.len().min(MAX_TEXT)];
            out.text = clipped(charset::decode(start, charset.as_deref()).text);
        }
        _ => {}
    }
    out
}

fn look_into(out: &mut Attachment, content: &[u8], budget: &mut Budget) {
    let Some(zip) = archive::Zip::read(content) else {
        (out.encrypted, out.entries) = archive::others(content);
        return;
    };
    match document::in_zip(&zip, budget) {
        Some((is, text)) => {
            out.content = is;
            out.text = clipped(text);
            out.encrypted = zip.is_encrypted();
        }
        None => (out.encrypted, out.entries) = archive::list(&zip, budget),
    }
}

fn is_plain_text(name: &str, media_type: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    media_type == "text/plain"
        || media_type == "text/csv"
        || [".txt", ".csv", ".tsv", ".md"].iter().any(|end| lower.ends_with(end))
}

fn clipped(mut text: String) -> String {
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

/// A 64-bit hash of the whole content (FNV-1a): for "is this the same file as before", not against an adversary. It is
/// stored, and so the same in every version of the program.
pub(super) fn digest(content: &[u8]) -> u64 {
    content.iter().fold(0xcbf2_9ce4_8422_2325, |hash, octet| (hash ^ u64::from(*octet)).wrapping_mul(0x0100_0000_01b3))
}
