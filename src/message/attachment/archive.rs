//! Archives: what is in them, from their directories, in bounded work.
//!
//! The directory of a ZIP is read here: it is what tells names and flags without inflating anything, and a hostile one
//! must cost no more than its own length. Only the inflating is left to the `zip` crate.

use std::io::Read;

use unicode_normalization::UnicodeNormalization;
use zip::read::{ZipReadOptions, read_zipfile_from_stream_with_options};

use super::content::{self, Content, HEAD};
use super::{Budget, Entry, MAX_ENTRIES, rar};
use crate::message::charset;

/// Longer names no file system has; in bytes.
const LONGEST_NAME: usize = 1024;
/// First bytes are looked at of so many files.
const MAX_HEADS: usize = 32;
/// The largest archive inside an archive that is looked into; in bytes.
const LARGEST_INNER: usize = 512 << 10;

/// A ZIP and its directory.
pub(super) struct Zip<'a> {
    content: &'a [u8],
    records: Vec<Record>,
}

/// A file in a ZIP.
struct Record {
    name: String,
    is_encrypted: bool,
    /// Of its local header.
    offset: usize,
    compressed: usize,
}

impl<'a> Zip<'a> {
    /// Reads the directory; from the local headers where it is cut off or broken.
    pub(super) fn read(content: &'a [u8]) -> Option<Zip<'a>> {
        if !content.starts_with(b"PK") {
            return None;
        }
        let mut records = directory(content).unwrap_or_default();
        if records.is_empty() {
            records = local_headers(content);
        }
        Some(Zip { content, records })
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.records.iter().any(|record| record.is_encrypted)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.records.iter().any(|record| record.name == name)
    }

    /// The first bytes of a file in it; nothing if it is encrypted, compressed in an unknown way, or broken.
    pub(super) fn start_of(&self, name: &str, most: usize, budget: &mut Budget) -> Vec<u8> {
        self.records
            .iter()
            .find(|record| record.name == name)
            .map(|record| self.inflate(record, most, budget))
            .unwrap_or_default()
    }

    fn inflate(&self, record: &Record, most: usize, budget: &mut Budget) -> Vec<u8> {
        let mut out = Vec::new();
        let most = most.min(budget.inflated);
        let Some(mut rest) = self.content.get(record.offset..).filter(|_| !record.is_encrypted && most > 0) else {
            return out;
        };
        // Sizes are what the directory says: a local header may leave them to the end of the data, or lie.
        let options = ZipReadOptions::new()
            .override_compressed_size(record.compressed as u64)
            .override_uncompressed_size(u64::MAX)
            .ignore_crc32(true);
        if let Ok(Some(mut file)) = read_zipfile_from_stream_with_options(&mut rest, options) {
            let mut bounded = Read::take(&mut file, most as u64);
            // What was read before an error is what a reader would see, too.
            let _ = bounded.read_to_end(&mut out);
        }
        // Opening costs something even where nothing comes out.
        budget.inflated -= out.len().max(64).min(budget.inflated);
        out
    }
}

/// APPNOTE.TXT 4.3.16: the record that ends a ZIP tells how long the directory in front of it is.
fn directory(content: &[u8]) -> Option<Vec<Record>> {
    const END: usize = 22;
    let window = content.len().saturating_sub(END + usize::from(u16::MAX));
    let is_end = |at: &usize| content[*at..].starts_with(b"PK\x05\x06");
    let end = (window..=content.len().checked_sub(END)?).rev().find(is_end)?;
    let (size, offset) = (u32_at(content, end + 12)?, u32_at(content, end + 16)?);
    let is_directory = |at: &usize| content.get(*at..).is_some_and(|rest| rest.starts_with(b"PK\x01\x02"));
    // Counted from the end it is found even if something was put in front of the archive.
    let by_size = end.checked_sub(size).filter(is_directory);
    let start = by_size.or_else(|| Some(offset).filter(is_directory))?;
    // Local offsets count from where the archive itself begins.
    let shift = start.saturating_sub(offset);
    let mut at = start;
    let mut records = Vec::new();
    while records.len() < MAX_ENTRIES && is_directory(&at) {
        let Some(record) = record(content, &mut at, shift) else { break };
        records.push(record);
    }
    Some(records)
}

/// APPNOTE.TXT 4.3.12: one file of the directory; moves on behind it.
fn record(content: &[u8], at: &mut usize, shift: usize) -> Option<Record> {
    let header = content.get(*at..*at + 46)?;
    let u16_in = |n: usize| usize::from(u16::from_le_bytes([header[n], header[n + 1]]));
    let (flags, method) = (u16_in(8), u16_in(10));
    let name = content.get(*at + 46..*at + 46 + u16_in(28))?;
    *at += 46 + u16_in(28) + u16_in(30) + u16_in(32);
    let offset = u32_at(header, 42)?.saturating_add(shift);
    let local = content.get(offset..).filter(|rest| rest.starts_with(b"PK\x03\x04")).and_then(|rest| rest.get(6));
    Some(Record {
        name: entry_name(name, flags & UTF8 != 0),
        is_encrypted: is_encrypted(flags, method) || local.is_some_and(|flags| flags & 1 == 1),
        offset,
        compressed: u32_at(header, 20)?,
    })
}

/// The files by their local headers, as long as these say where the next one is.
fn local_headers(content: &[u8]) -> Vec<Record> {
    let mut at = 0usize;
    let next = || {
        let header = content.get(at..at + 30).filter(|header| header.starts_with(b"PK\x03\x04"))?;
        let u16_in = |n: usize| usize::from(u16::from_le_bytes([header[n], header[n + 1]]));
        let (name, extra) = (u16_in(26), u16_in(28));
        let record = Record {
            name: entry_name(content.get(at + 30..at + 30 + name).unwrap_or_default(), u16_in(6) & UTF8 != 0),
            is_encrypted: is_encrypted(u16_in(6), u16_in(8)),
            offset: at,
            compressed: u32_at(header, 18)?,
        };
        at = at.saturating_add(30 + name + extra).saturating_add(record.compressed);
        Some(record)
    };
    std::iter::from_fn(next).take(MAX_ENTRIES).collect()
}

/// General purpose flag, bit 11: the name is UTF-8 (APPNOTE.TXT 4.4.4).
const UTF8: usize = 1 << 11;

/// Bit 0 of the flags; method 99 is AES (APPNOTE.TXT appendix E).
fn is_encrypted(flags: usize, method: usize) -> bool {
    flags & 1 == 1 || method == 99
}

/// Windows writes names in the code page of the country, macOS in UTF-8 with the marks apart, and neither says so.
pub(super) fn entry_name(bytes: &[u8], is_utf8: bool) -> String {
    let bytes = &bytes[..bytes.len().min(LONGEST_NAME)];
    let name = if is_utf8 { String::from_utf8_lossy(bytes) } else { charset::decode_unlabelled(bytes) };
    name.replace('\\', "/").nfc().collect()
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    let field = bytes.get(at..at + 4)?;
    usize::try_from(u32::from_le_bytes([field[0], field[1], field[2], field[3]])).ok()
}

/// What a reader who opens the archive sees, and whether something in it needs a password.
pub(super) fn list(zip: &Zip<'_>, budget: &mut Budget) -> (bool, Vec<Entry>) {
    let mut entries = Vec::new();
    let mut is_encrypted = zip.is_encrypted();
    let files = zip.records.iter().filter(|record| !record.name.ends_with('/'));
    for (n, record) in files.enumerate() {
        let start = if n < MAX_HEADS { zip.inflate(record, HEAD, budget) } else { Vec::new() };
        let content = content::head(&start);
        if content == Content::Archive && record.name.to_ascii_lowercase().ends_with(".zip") {
            is_encrypted |= list_inner(zip, record, budget, &mut entries);
        }
        if entries.len() >= MAX_ENTRIES {
            break;
        }
        entries.push(Entry { name: record.name.clone(), content });
    }
    (is_encrypted, entries)
}

/// The files of an archive inside the archive; whether one of them needs a password.
fn list_inner(outer: &Zip<'_>, record: &Record, budget: &mut Budget, entries: &mut Vec<Entry>) -> bool {
    let bytes = outer.inflate(record, LARGEST_INNER, budget);
    let Some(inner) = Zip::read(&bytes) else { return false };
    let files = inner.records.iter().filter(|file| !file.name.ends_with('/'));
    let room = MAX_ENTRIES.saturating_sub(entries.len());
    let listed = files
        .take(room)
        .map(|file| Entry { name: format!("{}/{}", record.name, file.name), content: Content::Unknown });
    entries.extend(listed);
    inner.is_encrypted()
}

/// Archives that are no ZIP: whether they need a password, and their files, as far as it is easily seen.
pub(super) fn others(content: &[u8]) -> (bool, Vec<Entry>) {
    if content.starts_with(b"7z\xBC\xAF") {
        return (is_locked_7z(content), Vec::new());
    }
    let (is_encrypted, names) = if content.starts_with(b"Rar!") { rar::list(content) } else { (false, tar(content)) };
    let entry = |name| Entry { name, content: Content::Unknown };
    (is_encrypted, names.into_iter().map(entry).collect())
}

/// 7zFormat.txt: the header at the end names its coders in clear; 06 F1 07 01 is AES. The names are compressed.
fn is_locked_7z(content: &[u8]) -> bool {
    let end = u32_at(content, 12).and_then(|offset| content.get(32usize.checked_add(offset)?..));
    // More than a screenful of coders nobody chains.
    let end = end.map(|end| &end[..end.len().min(64 << 10)]);
    end.is_some_and(|end| end.windows(4).any(|coder| coder == b"\x06\xF1\x07\x01"))
}

/// POSIX 1003.1 ustar: blocks of 512 bytes, the name first, the size in octal at 124.
fn tar(content: &[u8]) -> Vec<String> {
    let mut at = 0usize;
    let next = || {
        let header = content.get(at..at + 512).filter(|header| &header[257..262] == b"ustar")?;
        let text = |from: usize, to: usize| header[from..to].split(|&b| b == 0).next().unwrap_or_default();
        let size = std::str::from_utf8(text(124, 136)).ok()?;
        let size = usize::from_str_radix(size.trim(), 8).ok()?;
        at = at.checked_add(512)?.checked_add(size.checked_next_multiple_of(512)?)?;
        Some(entry_name(text(0, 100), false))
    };
    std::iter::from_fn(next).take(MAX_ENTRIES).filter(|name| !name.ends_with('/')).collect()
}
