//! Text from elsewhere (rules, other servers, files) made safe for a reply line.

/// Octets of one reply line with code and CRLF (RFC 5321 section 4.5.3.1.5).
const MAX_LINE: usize = 512;

/// Makes `text` one line that fits beside the longest prefix, `250-5.999.999 `, and CRLF.
pub(super) fn clean(text: &str, utf8: bool) -> String {
    const ROOM: usize = MAX_LINE - "250-5.999.999 \r\n".len();
    let mut line: String = text
        .chars()
        .map(|c| match c {
            c if c.is_control() || reorders_or_breaks(c) => ' ',
            c if c.is_ascii() || utf8 => c,
            _ => '?',
        })
        .collect();
    if line.len() > ROOM {
        line.truncate(line.floor_char_boundary(ROOM - "...".len()));
        line.push_str("...");
    }
    line
}

/// So many octets, as people and settings say it: `50 MB`.
pub(super) fn size(octets: usize) -> String {
    const KB: usize = 1024;
    const MB: usize = 1024 * KB;
    match octets {
        octets if octets >= MB && octets.is_multiple_of(MB) => format!("{} MB", octets / MB),
        octets if octets >= KB && octets.is_multiple_of(KB) => format!("{} KB", octets / KB),
        octets => format!("{octets} bytes"),
    }
}

/// Line and paragraph separators and the bidirectional controls: a terminal or dialog would show another text.
fn reorders_or_breaks(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// RFC 3463 section 2: class "." subject "." detail, up to three digits each.
pub(super) fn is_enhanced_code(text: &str) -> bool {
    let number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = text.split('.').collect();
    parts.len() == 3 && parts[0].len() == 1 && parts.into_iter().all(number)
}
