//! The text of a mail by the plainest reading of RFC 5321: searched and compared as a whole, without any state.

use atena::smtp::Options;

/// What stands behind DATA up to its end, still stuffed, and where the next command begins.
pub fn end_of_data(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    // The CRLF of the DATA line is the first half of an end that comes at once.
    let text = [b"\r\n", bytes].concat();
    let at = text.windows(5).position(|window| window == b"\r\n.\r\n")?;
    Some((text[2..].get(..at).unwrap_or_default().to_vec(), at + 3))
}

pub fn stuff(text: &[u8]) -> Vec<u8> {
    let lines = text.split_inclusive(|&byte| byte == b'\n');
    lines.flat_map(|line| [if line.starts_with(b".") { &b"."[..] } else { b"" }, line].concat()).collect()
}

pub fn unstuff(text: &[u8]) -> Vec<u8> {
    let lines = text.split_inclusive(|&byte| byte == b'\n');
    lines.flat_map(|line| line.strip_prefix(b".").unwrap_or(line).to_vec()).collect()
}

/// The codes of every reason to refuse this text; none if it is to be taken.
pub fn refusals(text: &[u8], options: &Options) -> Vec<&'static str> {
    // Every octet is a character of its own, so that none is read as half of another.
    let text: String = text.iter().map(|&byte| char::from(byte)).collect();
    let lines: Vec<&str> = text.split("\r\n").collect();
    let mut codes = Vec::new();
    if lines.iter().any(|line| line.contains(['\r', '\n', '\0'])) {
        codes.push("550");
    }
    if text.chars().count() > options.max_size {
        codes.push("552");
    }
    if options.max_line.is_some_and(|limit| lines.iter().any(|line| line.chars().count() > limit)) {
        codes.push("554");
    }
    codes
}
