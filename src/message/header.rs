//! Header field values to text: unfolding, encoded words, parameters.
//!
//! Our own rather than the parser's, because real Japanese mail splits encoded words and RFC 2231 pieces inside a
//! character and puts raw JIS or Shift_JIS into headers.

use std::borrow::Cow;

use mail_parser::decoders::base64::base64_decode;

use super::charset;

/// One header field of the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The field name in lower case.
    pub name: String,
    /// The value unfolded, 8-bit bytes decoded, encoded words still encoded.
    pub raw: String,
    /// The value as a person reads it.
    pub text: String,
    /// Line of the raw mail the field begins on, from 1.
    pub line: usize,
}

/// Unfolds a raw value (RFC 5322 section 2.2.3) and decodes bytes that should not be there.
pub(super) fn unfold(raw: &[u8]) -> String {
    let text = charset::decode_unlabelled(raw);
    // Most fields are one line of printable ASCII.
    let value = text.trim_matches([' ', '\t', '\r', '\n']);
    if value.bytes().all(|b| (b' '..=b'~').contains(&b) || b == b'\t') {
        return value.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if !out.is_empty() {
            out.push(' ');
            out.push_str(line.trim_start_matches([' ', '\t']));
        } else {
            out.push_str(line.trim_start_matches([' ', '\t']));
        }
    }
    out.truncate(out.trim_end().len());
    out.retain(|c| !c.is_control() || c == '\t');
    out
}

/// Decodes the encoded words of an unfolded value (RFC 2047).
pub(super) fn decode_words(text: &str) -> Cow<'_, str> {
    if !text.contains("=?") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut open: Option<(String, Vec<u8>)> = None;
    let mut rest = text;
    while let Some(start) = rest.find("=?") {
        let Some((word, len)) = encoded_word(&rest[start..]) else {
            close(&mut open, &mut out);
            out.push_str(&rest[..start + 2]);
            rest = &rest[start + 2..];
            continue;
        };
        let between = &rest[..start];
        // White space between two encoded words is not shown, and a character may be split across them.
        if open.is_none() || !between.trim().is_empty() {
            close(&mut open, &mut out);
            out.push_str(between);
        }
        match &mut open {
            Some((charset, bytes)) if charset.eq_ignore_ascii_case(&word.0) => bytes.extend(word.1),
            _ => {
                close(&mut open, &mut out);
                open = Some(word);
            }
        }
        rest = &rest[start + len..];
    }
    close(&mut open, &mut out);
    out.push_str(rest);
    out.retain(|c| !c.is_control() || c == '\t');
    Cow::Owned(out)
}

fn close(open: &mut Option<(String, Vec<u8>)>, out: &mut String) {
    if let Some((charset, bytes)) = open.take() {
        out.push_str(&charset::decode(&bytes, Some(&charset)).text);
    }
}

/// One `=?charset?encoding?text?=` at the start: charset, decoded bytes, length.
fn encoded_word(text: &str) -> Option<((String, Vec<u8>), usize)> {
    let mut fields = text[2..].splitn(3, '?');
    let (charset, encoding, data) = (fields.next()?, fields.next()?, fields.next()?);
    let data = &data[..data.find("?=")?];
    if charset.is_empty() || charset.len() > 60 || charset.contains(|c: char| c.is_whitespace()) || data.contains('\n')
    {
        return None;
    }
    let bytes = match encoding {
        "B" | "b" => base64_decode(data.as_bytes())?,
        "Q" | "q" => q_decode(data),
        _ => return None,
    };
    let length = 2 + charset.len() + 1 + encoding.len() + 1 + data.len() + 2;
    // RFC 2231 section 5 allows a language behind the charset.
    let charset = charset.split('*').next().unwrap_or_default();
    Some(((charset.to_owned(), bytes), length))
}

/// The "Q" encoding of RFC 2047 section 4.2.
fn q_decode(data: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    unescape(&data.replace('_', " "), b'=', &mut out);
    out
}

/// Undoes `=XX` or `%XX`; an escape that is none stays as it is.
fn unescape(text: &str, escape: u8, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).filter(|_| bytes[at] == escape);
        match hex.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(value) => {
                out.push(value);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
}

/// A parameter of Content-Type or Content-Disposition, decoded (RFC 2045, RFC 2231, and RFC 2047 inside quotes as
/// every mail program writes it although RFC 2047 section 5 forbids it).
pub(super) fn parameter(value: &str, name: &str) -> Option<String> {
    let pieces: Vec<(String, String)> =
        split_parameters(value).into_iter().filter(|(key, _)| key.split('*').next() == Some(name)).collect();
    let (plain, extended): (Vec<_>, Vec<_>) = pieces.into_iter().partition(|(key, _)| key == name);
    // The plain form beside an extended one is for old programs, and often maimed (RFC 6266 section 4.3).
    if let Some((_, plain)) = plain.first().filter(|_| extended.is_empty()) {
        return Some(decode_words(plain).into_owned());
    }
    let mut numbered: Vec<(u32, bool, &str)> = extended
        .iter()
        .map(|(key, value)| {
            let tail = &key[name.len()..];
            let number = tail.trim_matches('*').split('*').next().and_then(|n| n.parse().ok()).unwrap_or(0);
            (number, tail.ends_with('*'), value.as_str())
        })
        .collect();
    numbered.sort_by_key(|&(number, _, _)| number);
    let (&(_, first_is_extended, first), _) = numbered.split_first()?;
    let mut charset = None;
    let mut bytes = Vec::new();
    for (n, (_, extended, piece)) in numbered.iter().enumerate() {
        let mut piece = *piece;
        if n == 0 && first_is_extended {
            let mut fields = first.splitn(3, '\'');
            if let (Some(label), Some(_), Some(data)) = (fields.next(), fields.next(), fields.next()) {
                charset = Some(label.to_owned());
                piece = data;
            }
        }
        if *extended { unescape(piece, b'%', &mut bytes) } else { bytes.extend(piece.as_bytes()) }
    }
    let text = charset::decode(&bytes, charset.as_deref()).text;
    Some(decode_words(&text).into_owned())
}

/// The first word of a structured value in lower case: `text/plain`, `attachment`.
pub(super) fn first_word(value: &str) -> String {
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn split_parameters(value: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut rest = value.split_once(';').map_or("", |(_, rest)| rest);
    while !rest.is_empty() {
        let Some((key, after)) = rest.split_once('=') else { break };
        let key = key.trim_matches(|c: char| c.is_whitespace() || c == ';').to_ascii_lowercase();
        let after = after.trim_start();
        let (value, tail) = if let Some(quoted) = after.strip_prefix('"') {
            let (value, tail) = quoted_string(quoted);
            (value, tail.split_once(';').map_or("", |(_, tail)| tail))
        } else {
            let (value, tail) = after.split_once(';').unwrap_or((after, ""));
            (value.trim().to_owned(), tail)
        };
        out.push((key, value));
        rest = tail;
    }
    out
}

/// The inside of a quoted string that has been opened, and what follows its closing quote.
pub(super) fn quoted_string(text: &str) -> (String, &str) {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (out, &text[at + 1..]),
            '\\' => out.extend(chars.next().map(|(_, c)| c)),
            _ => out.push(c),
        }
    }
    (out, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_words_split_inside_a_character() {
        assert_eq!(
            decode_words("=?UTF-8?B?5L2Q6Jc=?= =?utf-8?B?pOWBpeS4gA==?= <a@b.example>"),
            "佐藤健一 <a@b.example>"
        );
        assert_eq!(decode_words("Re: =?iso-2022-jp?B?GyRCOjRGIxsoQg==?="), "Re: 佐藤");
        let word = "=?ISO-2022-JP?B?GyRCOjRGIxsoQg==?=";
        assert_eq!(decode_words(&format!("{word}\t{word} {word}")), "佐藤佐藤佐藤");
        assert_eq!(decode_words("=?utf-8?q?caf=C3=A9_au?= lait"), "café au lait");
        for odd in ["=?", "=?utf-8?", "=?utf-8?X?a?=", "a =?utf-8?B?", "=??B?YQ==?=", "=?utf-8?B?a=b?"] {
            assert_eq!(decode_words(odd), odd);
        }
    }

    #[test]
    fn reads_raw_jis_and_folded_headers() {
        assert_eq!(
            unfold(b" \x1b$B:4F#\x1b(B <a@b.example>\r\n\t, c@d.example\r\n"),
            "佐藤 <a@b.example> , c@d.example"
        );
    }

    #[test]
    fn reads_file_names_in_every_dress() {
        for (value, name) in [
            ("attachment; filename=\"plain; name.pdf\"", "plain; name.pdf"),
            ("attachment; filename=bare.pdf; size=3", "bare.pdf"),
            ("attachment; filename*=UTF-8''%E8%A6%8B%E7%A9%8D.pdf", "見積.pdf"),
            ("attachment; filename*0*=UTF-8''%E8%A6; filename*1*=%8B%E7%A9%8D; filename*2=.pdf", "見積.pdf"),
            ("attachment; filename=\"=?ISO-2022-JP?B?GyRCOjRGIxsoQi5wZGY=?=\"", "佐藤.pdf"),
            ("attachment; filename=\"a\\\"b.pdf\"", "a\"b.pdf"),
            ("attachment; filename=\"__.pdf\"; filename*=UTF-8''%E8%A6%8B.pdf", "見.pdf"),
        ] {
            assert_eq!(parameter(value, "filename").as_deref(), Some(name), "{value}");
        }
        assert_eq!(parameter("text/plain", "charset"), None);
    }
}
