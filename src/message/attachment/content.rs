//! What bytes are, by their first ones: names and media types are the sender's word for it.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// What the bytes of a file are, as far as they tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Content {
    /// Anything else, text included.
    Unknown,
    /// A program for Windows, Linux or macOS.
    Program,
    /// A text that names its interpreter (`#!`).
    Script,
    /// ZIP, 7z, RAR, LZH, tar, gzip and their like.
    Archive,
    /// A document of an office suite.
    Office,
    /// The same with macros in it.
    Macros,
    Pdf,
    Picture,
    /// Outlook's own wrapping of text and files, `winmail.dat` (MS-OXTNEF).
    Tnef,
}

/// As many first bytes as are needed to know.
pub(super) const HEAD: usize = 1024;

const OLE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// What the content is; a ZIP counts as an archive here, whatever document it holds.
pub(super) fn of(content: &[u8]) -> Content {
    match head(content) {
        Content::Office if utf16(&VBA, content) => Content::Macros,
        content => content,
    }
}

/// The same by the first [`HEAD`] bytes alone.
pub(super) fn head(bytes: &[u8]) -> Content {
    const STARTS: [(&[u8], Content); 22] = [
        (b"PK\x03\x04", Content::Archive),
        (b"PK\x05\x06", Content::Archive),
        (b"7z\xBC\xAF\x27\x1C", Content::Archive),
        (b"Rar!\x1A\x07", Content::Archive),
        (b"\x1F\x8B\x08", Content::Archive),
        (b"\xFD7zXZ\x00", Content::Archive),
        (b"BZh9", Content::Archive),
        (b"MSCF\x00\x00\x00\x00", Content::Archive),
        (b"%PDF-", Content::Pdf),
        (OLE, Content::Office),
        (b"{\\rtf", Content::Office),
        (b"\x89PNG\r\n\x1A\n", Content::Picture),
        (b"\xFF\xD8\xFF", Content::Picture),
        (b"GIF87a", Content::Picture),
        (b"GIF89a", Content::Picture),
        (b"II*\x00", Content::Picture),
        (b"MM\x00*", Content::Picture),
        (b"\x78\x9F\x3E\x22", Content::Tnef),
        (b"\x7FELF", Content::Program),
        (b"\xCF\xFA\xED\xFE", Content::Program),
        (b"\xCE\xFA\xED\xFE", Content::Program),
        // A Windows link runs what it points at (MS-SHLLINK 2.1).
        (b"\x4C\x00\x00\x00\x01\x14\x02\x00", Content::Program),
    ];
    if let Some((_, is)) = STARTS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return *is;
    }
    // "MZ" may begin a text; a DOS header of 64 bytes holds zeros.
    if bytes.starts_with(b"MZ") && bytes.get(2..64).is_some_and(|header| header.contains(&0)) {
        return Content::Program;
    }
    if bytes.strip_prefix(b"#!").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"/")) {
        return Content::Script;
    }
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let heic =
        bytes.get(4..8) == Some(b"ftyp") && matches!(bytes.get(8..12), Some(b"heic" | b"heix" | b"mif1" | b"avif"));
    let lzh = bytes.get(2..7).is_some_and(|id| id.starts_with(b"-lh") && id[4] == b'-');
    let tar = bytes.get(257..262) == Some(b"ustar");
    match () {
        () if webp || heic => Content::Picture,
        () if lzh || tar => Content::Archive,
        () => Content::Unknown,
    }
}

static VBA: LazyLock<AhoCorasick> = LazyLock::new(|| utf16_word("_VBA_PROJECT"));
static PACKAGE: LazyLock<AhoCorasick> = LazyLock::new(|| utf16_word("EncryptedPackage"));

/// Names in an OLE container are UTF-16.
fn utf16_word(word: &str) -> AhoCorasick {
    let bytes: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
    AhoCorasick::new([bytes]).expect("one literal")
}

fn utf16(word: &AhoCorasick, content: &[u8]) -> bool {
    content.starts_with(OLE) && word.is_match(content)
}

/// Whether a document in an OLE container needs a password: an encrypted OOXML file (MS-OFFCRYPTO 2.3.4.4), or a .doc or
/// .xls of old. Their streams begin at multiples of 512 bytes.
pub(super) fn is_locked_office(content: &[u8]) -> bool {
    if !content.starts_with(OLE) {
        return false;
    }
    utf16(&PACKAGE, content) || content.chunks(512).any(|sector| is_locked_word(sector) || is_locked_sheet(sector))
}

/// MS-DOC 2.5.2: the file's information block begins with 0xA5EC; bit 8 of its flags says that it is encrypted.
fn is_locked_word(sector: &[u8]) -> bool {
    sector.starts_with(b"\xEC\xA5") && sector.get(11).is_some_and(|flags| flags & 1 == 1)
}

/// MS-XLS 2.4.117: a FilePass record follows the BOF record, behind an optional WriteProtect record.
fn is_locked_sheet(sector: &[u8]) -> bool {
    let Some(rest) = sector.strip_prefix(b"\x09\x08\x10\x00\x00\x06\x05\x00").and_then(|rest| rest.get(12..)) else {
        return false;
    };
    rest.strip_prefix(b"\x86\x00\x00\x00").unwrap_or(rest).starts_with(b"\x2F\x00")
}
