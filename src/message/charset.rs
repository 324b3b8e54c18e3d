//! Bytes to text, whatever the label says.
//!
//! Labels lie in real mail: `Shift_JIS` is Windows-31J, `ISO-2022-JP` carries NEC row 13 and half-width kana,
//! `us-ascii` carries anything. The WHATWG decoders of encoding_rs read all of these; the labels they do not know
//! are listed here.

use std::borrow::Cow;

use super::Extent;
use encoding_rs::{EUC_JP, Encoding, ISO_2022_JP, REPLACEMENT, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Decoded text, and whether characters were lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) lost: Option<Extent>,
}

/// Decodes by label; an unknown, absent or contradicted label is replaced by what the bytes look like.
pub(super) fn decode(bytes: &[u8], label: Option<&str>) -> Decoded {
    let label = Label::of(label);
    if let Some(text) = plain_utf8(bytes, &label) {
        return Decoded { text: text.to_owned(), lost: None };
    }
    let encoding = match label {
        Label::Known(encoding) if encoding != REPLACEMENT && !is_contradicted(encoding, bytes) => encoding,
        _ => utf16(bytes).unwrap_or_else(|| guess(bytes)),
    };
    let switched = without_idle_switches(encoding, bytes);
    let (text, broken) = encoding.decode_without_bom_handling(strip_bom(&switched));
    // ISO-2022-KR, HZ, UTF-7 and their like are 7-bit: without a decoder they look like ASCII noise.
    let noise = match label {
        Label::Known(encoding) => encoding == REPLACEMENT && bytes.iter().any(|b| matches!(b, 0x1B | 0x0E | b'~')),
        Label::Utf7 => bytes.windows(2).any(|pair| pair[0] == b'+' && pair[1].is_ascii_alphanumeric()),
        Label::Ascii | Label::None => false,
    };
    let mostly_gaps = || text.chars().filter(|&c| c == '\u{FFFD}').count() * 8 > text.chars().count();
    let lost = match broken {
        _ if noise => Some(Extent::Most),
        true if mostly_gaps() => Some(Extent::Most),
        true => Some(Extent::Some),
        false => None,
    };
    // Only UTF-16 still has its mark.
    let text = text.strip_prefix('\u{feff}').map_or_else(|| text.to_string(), str::to_owned);
    Decoded { text, lost }
}

/// What a charset label promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    Known(&'static Encoding),
    /// Seven bits, or nobody cared.
    Ascii,
    /// RFC 2152, which no decoder should read: browsers dropped it because text can be hidden in it.
    Utf7,
    None,
}

/// Most texts: UTF-8 or ASCII, and labelled so. One look is enough.
fn plain_utf8<'a>(bytes: &'a [u8], label: &Label) -> Option<&'a str> {
    let may_be = matches!(label, Label::Ascii | Label::None) || *label == Label::Known(UTF_8);
    if !may_be || bytes.contains(&0x1B) || bytes.contains(&0) {
        return None;
    }
    std::str::from_utf8(strip_bom(bytes)).ok()
}

/// UTF-16 says so by its mark, or by the zero octets of its line ends.
fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0xFF, 0xFE, ..] => Some(UTF_16LE),
        [0xFE, 0xFF, ..] => Some(UTF_16BE),
        _ if bytes.len().is_multiple_of(2) && bytes.windows(4).any(|four| four == b"\r\0\n\0") => Some(UTF_16LE),
        _ if bytes.len().is_multiple_of(2) && bytes.windows(4).any(|four| four == b"\0\r\0\n") => Some(UTF_16BE),
        _ => None,
    }
}

/// Decodes text that has no label, as raw 8-bit headers do.
pub(super) fn decode_unlabelled(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) if !has_jis_escape(bytes) => Cow::Borrowed(text),
        _ => {
            let encoding = guess(bytes);
            match without_idle_switches(encoding, bytes) {
                Cow::Borrowed(bytes) => encoding.decode_without_bom_handling(bytes).0,
                Cow::Owned(bytes) => Cow::Owned(encoding.decode_without_bom_handling(&bytes).0.into_owned()),
            }
        }
    }
}

impl Label {
    fn of(label: Option<&str>) -> Label {
        let Some(label) = label else { return Label::None };
        let label = label.trim().trim_matches('"').to_ascii_lowercase();
        // RFC 2231 allows a language behind the charset of an encoded word.
        let label = label.split('*').next().unwrap_or_default();
        let alias = match label {
            "us-ascii" | "ascii" | "ansi_x3.4-1968" | "unknown-8bit" | "x-unknown" | "8bit" | "7bit" => {
                return Label::Ascii;
            }
            "utf-7" | "utf7" | "unicode-1-1-utf-7" | "x-unicode-2-0-utf-7" | "cp65000" => return Label::Utf7,
            "cp932" | "ms932" | "shift-jis-2004" | "x-ms-cp932" | "windows-932" | "cp943" | "x-sjis-cp932" => {
                Some(SHIFT_JIS)
            }
            "iso-2022-jp-ms" | "iso-2022-jp-1" | "iso-2022-jp-2" | "iso-2022-jp-3" | "iso2022jp" | "iso2022-jp"
            | "jis" | "cp50220" | "cp50221" | "cp50222" | "x-iso-2022-jp" => Some(ISO_2022_JP),
            "cp51932" | "eucjp" | "eucjp-ms" | "eucjp-win" | "euc_jp" | "ujis" => Some(EUC_JP),
            "utf8mb4" | "utf-8mb4" | "cp65001" => Some(UTF_8),
            "cp936" | "ms936" => Encoding::for_label(b"gbk"),
            "cp950" => Encoding::for_label(b"big5"),
            "cp949" | "ms949" => Encoding::for_label(b"euc-kr"),
            "cp1252" | "ansi" => Some(WINDOWS_1252),
            _ => None,
        };
        Encoding::for_label(label.as_bytes()).or(alias).map_or(Label::None, Label::Known)
    }
}

/// The label promises what the bytes are not: Latin over UTF-8 or JIS, UTF-8 over something else.
fn is_contradicted(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    if encoding == UTF_16LE || encoding == UTF_16BE {
        // Half of a text in UTF-16 is no text in it; and a mark tells the other order.
        return !bytes.len().is_multiple_of(2) || utf16(bytes).is_some_and(|marked| marked != encoding);
    }
    if encoding == WINDOWS_1252 {
        return has_jis_escape(bytes) || (!bytes.is_ascii() && std::str::from_utf8(bytes).is_ok());
    }
    if encoding == ISO_2022_JP || encoding == SHIFT_JIS || encoding == EUC_JP {
        return !bytes.is_ascii() && is_certain_utf8(bytes)
            || (encoding != ISO_2022_JP && has_jis_escape(bytes))
            || (encoding == ISO_2022_JP && !bytes.is_ascii() && !has_jis_escape(bytes));
    }
    encoding == UTF_8 && (has_jis_escape(bytes) || std::str::from_utf8(strip_bom(bytes)).is_err())
}

/// Valid UTF-8 with several characters outside ASCII is no accident.
fn is_certain_utf8(bytes: &[u8]) -> bool {
    std::str::from_utf8(strip_bom(bytes)).is_ok_and(|text| text.chars().filter(|c| !c.is_ascii()).take(3).count() == 3)
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    if has_jis_escape(bytes) {
        return ISO_2022_JP;
    }
    if std::str::from_utf8(strip_bom(bytes)).is_ok() {
        return UTF_8;
    }
    let readable = |encoding: &'static Encoding| encoding.decode_without_bom_handling_and_without_replacement(bytes);
    // Half-width kana are what random bytes look like in Shift_JIS, so a reading full of them is a bad guess.
    let fitting = [SHIFT_JIS, EUC_JP].into_iter().filter_map(|encoding| {
        let text = readable(encoding)?;
        let odd = text.chars().filter(|c| matches!(c, '\u{FF61}'..='\u{FF9F}' | '\u{E000}'..='\u{F8FF}')).count();
        (odd * 4 <= text.chars().filter(|c| !c.is_ascii()).count() && reads_japanese(&text)).then_some((odd, encoding))
    });
    match fitting.min_by_key(|&(odd, _)| odd) {
        Some((_, encoding)) => encoding,
        None if mostly_utf8(bytes) => UTF_8,
        None => WINDOWS_1252,
    }
}

/// Japanese runs on in its own characters; one kanji between Latin letters is an umlaut misread.
fn reads_japanese(text: &str) -> bool {
    let is_wide = |c: char| !c.is_ascii();
    let pairs = text.chars().zip(text.chars().skip(1)).filter(|&(a, b)| is_wide(a) && is_wide(b)).count();
    let kana = text.chars().any(|c| matches!(c, '\u{3041}'..='\u{30FF}' | '\u{FF66}'..='\u{FF9F}'));
    pairs * 2 >= text.chars().filter(|&c| is_wide(c)).count() && (kana || pairs > 0)
}

/// Cut or damaged UTF-8 is still UTF-8 to its reader.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let broken = text.matches('\u{FFFD}').count();
    let read = text.chars().filter(|c| !c.is_ascii()).count() - broken;
    read > broken * 4
}

/// The escape sequences that switch to a Japanese set in ISO-2022-JP (RFC 1468, and `ESC ( I` for half-width kana).
fn has_jis_escape(bytes: &[u8]) -> bool {
    // Most texts have no escape octet at all.
    bytes.contains(&0x1B)
        && bytes.windows(3).any(|w| matches!(w, b"\x1b$B" | b"\x1b$@" | b"\x1b(J" | b"\x1b(I" | b"\x1b$("))
}

/// ISO-2022-JP without the switches of character set that another follows at once, as where two encoded words meet:
/// the decoder of the Encoding Standard takes these for an attack and leaves a gap.
fn without_idle_switches<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Cow<'a, [u8]> {
    let is_idle = |at: usize| switch(&bytes[at..]).filter(|length| switch(&bytes[at + length..]).is_some());
    if encoding != ISO_2022_JP || !(0..bytes.len()).any(|at| is_idle(at).is_some()) {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match is_idle(at) {
            Some(length) => at += length,
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    Cow::Owned(out)
}

/// The length of the switch of character set that stands at the beginning.
fn switch(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [0x1B, b'(', b'B' | b'J' | b'I', ..] | [0x1B, b'$', b'@' | b'B', ..] => Some(3),
        [0x1B, b'$', b'(', b'D', ..] => Some(4),
        _ => None,
    }
}

fn strip_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_japanese_under_right_wrong_and_unknown_labels() {
        let jis = b"\x1b$B-!:4F#\x1b(I6^\x1b(B";
        let sjis = b"\xfb\xfc\x8b\xb4\x97l";
        for (bytes, label, text) in [
            (&jis[..], "ISO-2022-JP", "①佐藤ｶﾞ"),
            (jis, "CP50221", "①佐藤ｶﾞ"),
            (jis, "us-ascii", "①佐藤ｶﾞ"),
            (jis, "utf-8", "①佐藤ｶﾞ"),
            (b"\x1b$B:4\x1b(B\x1b$BF#\x1b(B\x1b(J.\x1b(B", "iso-2022-jp", "佐藤."),
            (b"\x1b(B\x1b$B:4F#\x1b(B", "us-ascii", "佐藤"),
            (sjis, "shift_jis", "髙橋様"),
            (sjis, "CP932", "髙橋様"),
            (sjis, "utf-8", "髙橋様"),
            ("髙橋様".as_bytes(), "us-ascii", "髙橋様"),
            ("髙橋様".as_bytes(), "x-no-such-thing", "髙橋様"),
            (b"caf\xe9", "iso-8859-1", "café"),
            (b"L\xe4rm und Spa\xdf", "us-ascii", "Lärm und Spaß"),
            (sjis, "us-ascii", "髙橋様"),
            ("髙橋様".as_bytes(), "shift_jis", "髙橋様"),
            (sjis, "iso-2022-jp", "髙橋様"),
            (b"\xff\xfea\0", "utf-16", "a"),
            (b"\xfe\xff\0a", "utf-16", "a"),
            (b"\0a\0\r\0\n", "x-no-such-thing", "a\r\n"),
        ] {
            assert_eq!(decode(bytes, Some(label)).text, text, "{label}");
        }
        assert_eq!(decode_unlabelled(&EUC_JP.encode("お見積書の件").0), "お見積書の件");
        assert_eq!(decode_unlabelled(&SHIFT_JIS.encode("お見積書の件").0), "お見積書の件");
    }

    #[test]
    fn says_when_something_could_not_be_read() {
        assert_eq!(decode(b"\x81", Some("shift_jis")).lost, Some(Extent::Most));
        assert_eq!(decode(b"a long line of plain text \xff", Some("utf-8")).lost, None, "windows-1252 reads it");
        assert_eq!(decode(b"long enough to be read all the same \x81", Some("shift_jis")).lost, Some(Extent::Some));
        assert_eq!(decode(b"\x1b$)C\x0eGQ1[", Some("iso-2022-kr")).lost, Some(Extent::Most));
        assert_eq!(decode(b"Hi +ZeVnLIqe-", Some("utf-7")).lost, Some(Extent::Most));
        assert_eq!(decode(b"1 + 1 = 2", Some("utf-7")).lost, None);
        assert_eq!(decode(b"plain", Some("x-no-such-thing")).lost, None);
    }
}
