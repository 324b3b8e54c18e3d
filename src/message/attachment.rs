//! Attached files: which parts are files to their reader, and what can be seen of them without opening.

use std::hash::{DefaultHasher, Hasher};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

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
    /// It needs a password to be opened: an encrypted ZIP, PDF or Office file.
    pub encrypted: bool,
    /// A hash of the content, for recognising the same file.
    pub digest: u64,
    pub(crate) raw_line: usize,
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
    /// An encrypted mail (S/MIME, PGP): nothing in it can be checked.
    EncryptedMail,
    /// Nothing a reader ever sees.
    Nothing,
}

impl Attachment {
    /// Somebody attached this on purpose.
    pub fn is_file(&self) -> bool {
        self.kind == Kind::File
    }
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

/// Whether a password is needed to open the content, as far as its first bytes and trailer tell.
pub(super) fn is_encrypted(content: &[u8]) -> bool {
    static PDF_ENCRYPT: LazyLock<AhoCorasick> = LazyLock::new(|| AhoCorasick::new(["/Encrypt"]).expect("one literal"));
    // APPNOTE.TXT 4.4.4: bit 0 of the general purpose flag, at offset 6 of a local file header.
    if content.starts_with(b"PK\x03\x04") {
        return zip_entries(content).any(|flags| flags & 1 == 1);
    }
    if content.starts_with(b"%PDF-") {
        return PDF_ENCRYPT.is_match(content);
    }
    // A password-protected OOXML file is an OLE container that holds a stream of this name (MS-OFFCRYPTO 2.3.4.4).
    let package: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    content.starts_with(b"\xD0\xCF\x11\xE0") && content.windows(package.len()).any(|window| window == package)
}

/// The general purpose flags of the first local headers; enough, since archivers encrypt all entries or none
/// except the directory entries in front.
fn zip_entries(content: &[u8]) -> impl Iterator<Item = u16> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let header = content.get(at..at + 30).filter(|header| header.starts_with(b"PK\x03\x04"))?;
        let u16_at = |n: usize| u16::from_le_bytes([header[n], header[n + 1]]);
        let compressed = u32::from_le_bytes([header[18], header[19], header[20], header[21]]) as usize;
        at += 30 + compressed + usize::from(u16_at(26)) + usize::from(u16_at(28));
        Some(u16_at(6))
    })
    .take(64)
}

/// A 64-bit hash of the whole content: for "is this the same file as a minute ago", not against an adversary.
pub(super) fn digest(content: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(content);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zip_header(flags: u8) -> Vec<u8> {
        let mut header = b"PK\x03\x04\x14\x00".to_vec();
        header.extend([flags, 0]);
        header.resize(30, 0);
        header
    }

    #[test]
    fn sees_what_needs_a_password() {
        assert!(is_encrypted(&zip_header(1)));
        assert!(!is_encrypted(&zip_header(0)));
        assert!(is_encrypted(&[zip_header(0), zip_header(1)].concat()));
        assert!(is_encrypted(b"%PDF-1.7 trailer <</Encrypt 5 0 R>>"));
        assert!(!is_encrypted(b"%PDF-1.7 trailer <<>>"));
    }
}
