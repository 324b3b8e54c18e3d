//! The beginning of an office document's text, where it can be had cheaply.

use super::archive::Zip;
use super::{Budget, Content, MAX_TEXT};

/// XML read of one part of an Office file, in bytes; markup is most of it.
const MAX_PART: usize = 32 << 10;

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
