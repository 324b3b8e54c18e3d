//! Octets to text. No export says its charset for the whole file, so the octets have to.
//!
//! UTF-8 and what bears a mark are certain. Of the rest, CP932 and windows-1252 are told apart by how characters stand
//! together: Japanese runs on in its own characters, umlauts stand alone between Latin letters.

use std::borrow::Cow;

use encoding_rs::{Encoding, SHIFT_JIS, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Large files are decoded in pieces, so that room is taken for what was written, not for the worst case.
const PIECE: usize = 1 << 16;

/// The text of a file, without a mark at its start.
pub(super) fn text(octets: &[u8]) -> Cow<'_, str> {
    match octets {
        [0xFF, 0xFE, rest @ ..] => return Cow::Owned(decode(rest, UTF_16LE)),
        [0xFE, 0xFF, rest @ ..] => return Cow::Owned(decode(rest, UTF_16BE)),
        [0xEF, 0xBB, 0xBF, rest @ ..] => return utf8(rest).unwrap_or_else(|| String::from_utf8_lossy(rest)),
        // UTF-16 without a mark: the first two characters are ASCII in every format.
        [1..=0xFF, 0, 1..=0xFF, 0, ..] => return Cow::Owned(decode(octets, UTF_16LE)),
        [0, 1..=0xFF, 0, 1..=0xFF, ..] => return Cow::Owned(decode(octets, UTF_16BE)),
        _ => {}
    }
    utf8(octets).unwrap_or_else(|| {
        if is_mostly_utf8(octets) {
            return String::from_utf8_lossy(octets);
        }
        Cow::Owned(japanese(octets).unwrap_or_else(|| decode(octets, WINDOWS_1252)))
    })
}

/// Octets with a label of their own (`CHARSET=` of vCard 2.1); what they look like if the label is unknown.
pub(super) fn labelled(octets: &[u8], label: Option<&str>) -> String {
    match label.and_then(encoding_of) {
        Some(encoding) => encoding.decode_without_bom_handling(octets).0.into_owned(),
        None => text(octets).into_owned(),
    }
}

fn encoding_of(label: &str) -> Option<&'static Encoding> {
    let label = label.trim().trim_matches('"');
    if ["cp932", "ms932", "windows-932"].iter().any(|name| label.eq_ignore_ascii_case(name)) {
        return Some(SHIFT_JIS);
    }
    Encoding::for_label_no_replacement(label.as_bytes())
}

fn utf8(octets: &[u8]) -> Option<Cow<'_, str>> {
    if let Ok(text) = std::str::from_utf8(octets) {
        return Some(Cow::Borrowed(text));
    }
    String::from_utf8(unfolded_characters(octets)?).ok().map(Cow::Owned)
}

/// RFC 2426 counts octets, so old programs fold lines within a character. The fold goes behind it: no line is lost.
/// `None` if there is no such place.
fn unfolded_characters(octets: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::with_capacity(octets.len());
    let mut rest = octets;
    while let Err(error) = std::str::from_utf8(rest) {
        let (valid, broken) = rest.split_at(error.valid_up_to());
        let fold = broken.iter().position(|octet| matches!(octet, b'\r' | b'\n')).filter(|&at| (1..4).contains(&at))?;
        let folded = &broken[fold..];
        let space = folded.iter().position(|octet| matches!(octet, b' ' | b'\t')).filter(|&at| at < 3)?;
        let behind = &folded[space + 1..];
        let more = behind.iter().take(3).take_while(|&&octet| octet & 0xC0 == 0x80).count();
        for part in [valid, &broken[..fold], &behind[..more], &folded[..=space]] {
            whole.extend_from_slice(part);
        }
        rest = &behind[more..];
    }
    whole.extend_from_slice(rest);
    Some(whole)
}

/// Cut or damaged UTF-8 is still UTF-8 to its reader.
fn is_mostly_utf8(octets: &[u8]) -> bool {
    let (mut read, mut broken) = (0, 0);
    for chunk in octets.utf8_chunks() {
        read += chunk.valid().bytes().filter(|&octet| octet >= 0xC0).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    read > broken * 4
}

/// The text, if it is CP932 and reads like it.
fn japanese(octets: &[u8]) -> Option<String> {
    if !runs_on(octets)? {
        return None;
    }
    let text = decode(octets, SHIFT_JIS);
    // The octets do not hold U+FFFD, which CP932 lacks.
    (!text.contains('\u{FFFD}')).then_some(text)
}

/// Do the characters beyond ASCII stand together rather than alone? `None` if the octets are not built as CP932 is.
fn runs_on(octets: &[u8]) -> Option<bool> {
    let (mut together, mut alone) = (0, 0);
    let (mut run, mut sure) = (0, false);
    let mut rest = octets;
    loop {
        let behind = match rest {
            [0xA1..=0xDF, behind @ ..] => behind,
            // Two high octets are hardly two umlauts.
            [0x81..=0x9F | 0xE0..=0xFC, 0x80..=0xFC, behind @ ..] => {
                sure = true;
                behind
            }
            [0x81..=0x9F | 0xE0..=0xFC, 0x40..=0x7E, behind @ ..] => behind,
            [0..=0x7F, ..] | [] => {
                if run > 1 || sure {
                    together += run;
                } else {
                    alone += run;
                }
                (run, sure) = (0, false);
                let [_, behind @ ..] = rest else { return Some(together >= alone) };
                rest = behind;
                continue;
            }
            _ => return None,
        };
        run += 1;
        rest = behind;
    }
}

fn decode(octets: &[u8], encoding: &'static Encoding) -> String {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(octets.len() + octets.len() / 2);
    let mut pieces = octets.chunks(PIECE).peekable();
    while let Some(piece) = pieces.next() {
        text.reserve(decoder.max_utf8_buffer_length(piece.len()).unwrap_or(PIECE * 4));
        // With this room all of the piece is read, and what is broken is replaced.
        let _ = decoder.decode_to_string(piece, &mut text, pieces.peek().is_none());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_octets_tell_the_charset() {
        let utf16 = |text: &str, octets: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(octets).collect::<Vec<u8>>();
        for (octets, read) in [
            ("髙橋".as_bytes().to_vec(), "髙橋"),
            ([b"\xEF\xBB\xBF", "髙橋".as_bytes()].concat(), "髙橋"),
            (utf16("\u{feff}髙橋\r\n", u16::to_le_bytes), "髙橋\r\n"),
            (utf16("\u{feff}髙橋\r\n", u16::to_be_bytes), "髙橋\r\n"),
            (SHIFT_JIS.encode("髙橋,①,表示").0.into_owned(), "髙橋,①,表示"),
            (SHIFT_JIS.encode("林,ﾊﾔｼ").0.into_owned(), "林,ﾊﾔｼ"),
            (SHIFT_JIS.encode("林,a@b.example").0.into_owned(), "林,a@b.example"),
            (WINDOWS_1252.encode("Jürgen,Lärm,Stößel").0.into_owned(), "Jürgen,Lärm,Stößel"),
            (WINDOWS_1252.encode("Zoë Núñez,Straße").0.into_owned(), "Zoë Núñez,Straße"),
            ([&"佐藤様と田中様".as_bytes()[..20]].concat(), "佐藤様と田中\u{FFFD}"),
        ] {
            assert_eq!(text(&octets), read);
        }
    }

    #[test]
    fn a_character_folded_in_two_is_one_again() {
        let mut octets = "FN:佐藤".as_bytes().to_vec();
        octets.splice(5..5, *b"\r\n ");
        assert_eq!(text(&octets), "FN:佐\r\n 藤");
        assert_eq!(labelled(b"\x95\x5c", Some("Shift_JIS")), "表");
        assert_eq!(labelled("表".as_bytes(), Some("x-no-such")), "表");
    }
}
