//! Names of folders as IMAP writes them: modified UTF-7 (RFC 3501 section 5.1.3). Pure.

use std::fmt::Write;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/// `送信済み` → `&kAFP4W4IMH8-`.
pub(super) fn encode(name: &str) -> String {
    let mut out = String::new();
    let mut foreign: Vec<u16> = Vec::new();
    for c in name.chars() {
        if (' '..='~').contains(&c) {
            shift(&mut foreign, &mut out);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            foreign.extend(c.encode_utf16(&mut [0; 2]).iter());
        }
    }
    shift(&mut foreign, &mut out);
    out
}

/// Writes the characters gathered so far, if any.
fn shift(units: &mut Vec<u16>, out: &mut String) {
    if units.is_empty() {
        return;
    }
    out.push('&');
    let octets: Vec<u8> = units.drain(..).flat_map(u16::to_be_bytes).collect();
    for three in octets.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, &octet| bits << 8 | u32::from(octet)) << (8 * (3 - three.len()));
        out.extend((0..=three.len()).map(|n| char::from(DIGITS[(bits >> (18 - 6 * n)) as usize & 63])));
    }
    out.push('-');
}

/// `&kAFP4W4IMH8-` → `送信済み`. What is not modified UTF-7 stays as it is: some servers write UTF-8.
pub(super) fn decode(name: &str) -> String {
    let mut out = String::new();
    let mut rest = name;
    while let Some((before, behind)) = rest.split_once('&') {
        out.push_str(before);
        let decoded = behind.split_once('-').and_then(|(digits, after)| Some((units(digits)?, after)));
        match decoded {
            Some((text, after)) => {
                out.push_str(&text);
                rest = after;
            }
            None => {
                out.push('&');
                rest = behind;
            }
        }
    }
    out.push_str(rest);
    out
}

fn units(digits: &str) -> Option<String> {
    if digits.is_empty() {
        return Some("&".to_owned());
    }
    let (mut bits, mut count, mut units) = (0_u32, 0, Vec::new());
    for digit in digits.bytes() {
        let value = DIGITS.iter().position(|&known| known == digit)?;
        bits = bits << 6 | u32::try_from(value).ok()?;
        count += 6;
        if count >= 16 {
            count -= 16;
            units.push((bits >> count & 0xffff) as u16);
            bits &= (1 << count) - 1;
        }
    }
    String::from_utf16(&units).ok()
}

/// For `"…"` of a command. What cannot stand there has no place in a name.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars().filter(|c| !matches!(c, '\r' | '\n' | '\0')) {
        let escape = if matches!(c, '"' | '\\') { "\\" } else { "" };
        // Writing to a string cannot fail.
        let _ = write!(out, "{escape}{c}");
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_there_and_back() {
        for (name, written) in [
            ("Sent", "Sent"),
            ("送信済み", "&kAFP4W4IMH8-"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("R&D", "R&-D"),
            ("Entwürfe", "Entw&APw-rfe"),
            ("📮", "&2D3c7g-"),
            ("", ""),
        ] {
            assert_eq!(encode(name), written);
            assert_eq!(decode(written), name);
        }
    }

    #[test]
    fn what_is_something_else_stays() {
        for name in ["a & b", "送信済み", "x&", "&!!-", "&2D0-"] {
            assert_eq!(decode(name), name);
        }
    }

    #[test]
    fn quotes_cannot_be_left() {
        assert_eq!(quoted("a\"b\\c\r\nA1 LOGOUT"), "\"a\\\"b\\\\cA1 LOGOUT\"");
    }
}
