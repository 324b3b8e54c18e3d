//! The beginning of a document's text, where it can be had cheaply: Office files and what a PDF says of itself.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::archive::Zip;
use super::{Budget, Content, MAX_TEXT};
use crate::message::charset;

/// XML read of one part of an Office file, in bytes; markup is most of it.
const MAX_PART: usize = 32 << 10;
/// Objects that hold a PDF's description are small; in bytes, each way.
const AROUND: usize = 2 << 10;
/// A PDF has a title for every bookmark, too.
const MAX_TITLES: usize = 200;

/// What document a ZIP is and how its text begins; `None` for an ordinary archive.
pub(super) fn in_zip(zip: &Zip<'_>, budget: &mut Budget) -> Option<(Content, String)> {
    const TEXTS: [&str; 5] =
        ["docProps/core.xml", "word/document.xml", "xl/sharedStrings.xml", "ppt/slides/slide1.xml", "content.xml"];
    const MACROS: [&str; 3] = ["word/vbaProject.bin", "xl/vbaProject.bin", "ppt/vbaProject.bin"];
    // ECMA-376 part 2, 10.1.2; OpenDocument 1.3 part 2, 3.3.
    let is_office = zip.has("[Content_Types].xml") || (zip.has("mimetype") && zip.has("content.xml"));
    if !is_office {
        return None;
    }
    let mut text = String::new();
    for part in TEXTS.iter().filter(|part| zip.has(part)) {
        let xml = zip.start_of(part, MAX_PART, budget);
        let xml = String::from_utf8_lossy(&xml);
        if *part == "docProps/core.xml" {
            title(&xml, &mut text)
        } else {
            plain(&xml, &mut text)
        }
        if text.len() >= MAX_TEXT {
            break;
        }
    }
    let macros = MACROS.iter().any(|part| zip.has(part));
    Some((if macros { Content::Macros } else { Content::Office }, text))
}

/// The `dc:title` of a description.
fn title(xml: &str, out: &mut String) {
    let title = xml.split_once("<dc:title").and_then(|(_, rest)| rest.split_once('>')?.1.split_once("</dc:title>"));
    if let Some((title, _)) = title {
        plain(title, out);
        out.push('\n');
    }
}

/// Text without markup: paragraphs, cells and breaks end a line, and the readings over Japanese words are left out.
fn plain(xml: &str, out: &mut String) {
    let mut rest = xml;
    let mut in_reading = false;
    while let Some((before, behind)) = rest.split_once('<') {
        if !in_reading {
            unescape(before, out);
        }
        let Some((tag, after)) = behind.split_once('>') else { return };
        match tag.split([' ', '/']).find(|word| !word.is_empty()).unwrap_or_default() {
            "rPh" => in_reading = !tag.starts_with('/'),
            "w:p" | "a:p" | "text:p" | "text:h" | "si" if tag.starts_with('/') => end_line(out),
            "w:br" | "a:br" | "text:line-break" | "w:cr" => end_line(out),
            "w:tab" | "text:tab" | "text:s" => out.push(' '),
            _ => {}
        }
        rest = after;
        if out.len() >= MAX_TEXT {
            return;
        }
    }
    if !in_reading {
        unescape(rest, out);
    }
}

fn end_line(out: &mut String) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}

fn unescape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('&') {
        out.push_str(before);
        let known = behind.split_once(';').and_then(|(name, after)| {
            let c = match name {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                _ => {
                    let number = name.strip_prefix('#')?;
                    let code = match number.strip_prefix(['x', 'X']) {
                        Some(hex) => u32::from_str_radix(hex, 16),
                        None => number.parse(),
                    };
                    char::from_u32(code.ok()?)?
                }
            };
            Some((c, after))
        });
        match known {
            Some((c, after)) => {
                out.push(c);
                rest = after;
            }
            None => {
                out.push('&');
                rest = behind;
            }
        }
    }
    out.push_str(rest);
}

/// Whether a PDF is encrypted, and its title, if both stand in clear. ISO 32000-1, 7.6.1 and 14.3.3.
pub(super) fn pdf(content: &[u8]) -> (bool, String) {
    static WORDS: LazyLock<AhoCorasick> =
        LazyLock::new(|| AhoCorasick::new(["/Encrypt", "/Title"]).expect("two literals"));
    let mut is_encrypted = false;
    let mut title = None;
    let mut titles = 0;
    for found in WORDS.find_iter(content) {
        let behind = content[found.end()..].trim_ascii_start();
        if found.pattern().as_usize() == 0 {
            // A reference to the encryption dictionary, or the dictionary; not /EncryptMetadata.
            is_encrypted |= behind.starts_with(b"<<") || behind.first().is_some_and(u8::is_ascii_digit);
        } else if title.is_none() && titles < MAX_TITLES {
            titles += 1;
            title = Some(behind).filter(|_| describes(content, found.range())).and_then(pdf_string);
        }
    }
    // The strings of an encrypted file are encrypted, too.
    (is_encrypted, title.filter(|_| !is_encrypted).unwrap_or_default())
}

/// Whether the object around a place is the description of the whole document; bookmarks have titles, too.
fn describes(content: &[u8], place: Range<usize>) -> bool {
    let before = &content[place.start.saturating_sub(AROUND)..place.start];
    let behind = &content[place.end..content.len().min(place.end + AROUND)];
    let last = |word: &[u8]| before.windows(word.len()).rposition(|w| w == word);
    let start = last(b" obj").map_or(before, |at| &before[at..]);
    let end = behind.windows(6).position(|w| w == b"endobj").map_or(behind, |at| &behind[..at]);
    [start, end].iter().any(|part| {
        [&b"/Producer"[..], b"/Creator", b"/CreationDate"]
            .iter()
            .any(|word| part.windows(word.len()).any(|w| w == *word))
    })
}

/// A literal or hexadecimal string: ISO 32000-1, 7.3.4; UTF-16 behind its mark, else bytes.
fn pdf_string(at: &[u8]) -> Option<String> {
    const LONGEST: usize = 1024;
    let bytes = match at.split_first()? {
        (b'(', rest) => literal(&rest[..rest.len().min(LONGEST)]),
        (b'<', rest) => {
            let digits: Vec<u32> = rest
                .iter()
                .take(LONGEST)
                .take_while(|b| **b != b'>')
                .filter_map(|b| char::from(*b).to_digit(16))
                .collect();
            digits.chunks_exact(2).filter_map(|pair| u8::try_from(pair[0] * 16 + pair[1]).ok()).collect()
        }
        _ => return None,
    };
    let text = match bytes.strip_prefix(b"\xFE\xFF") {
        Some(utf16) => {
            let units = utf16.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]]));
            char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect()
        }
        None => charset::decode_unlabelled(&bytes).into_owned(),
    };
    Some(text).filter(|text| !text.trim().is_empty())
}

fn literal(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut depth = 0;
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        match byte {
            b')' if depth == 0 => break,
            b'\\' => match rest.next() {
                Some(digit @ b'0'..=b'7') => {
                    let mut value = u32::from(digit - b'0');
                    for _ in 0..2 {
                        let Some(digit) = rest.next_if(|b| (b'0'..=b'7').contains(b)) else { break };
                        value = value * 8 + u32::from(digit - b'0');
                    }
                    out.push(u8::try_from(value & 0xFF).unwrap_or_default());
                }
                Some(b'n') => out.push(b'\n'),
                Some(b'r') => out.push(b'\r'),
                Some(b't') => out.push(b'\t'),
                Some(other) => out.push(other),
                None => break,
            },
            b'(' => {
                depth += 1;
                out.push(byte);
            }
            b')' => {
                depth -= 1;
                out.push(byte);
            }
            _ => out.push(byte),
        }
    }
    out
}
