//! Header fields of raw mail, by their octets.

use std::ops::Range;

/// The mail without the header fields of this name (RFC 5322 section 2.2, folded lines included); every other octet stays.
pub fn without_field(raw: Vec<u8>, name: &str) -> Vec<u8> {
    let fields = fields(&raw, name);
    if fields.is_empty() {
        return raw;
    }
    let mut out = Vec::with_capacity(raw.len());
    let mut from = 0;
    for field in fields {
        out.extend_from_slice(&raw[from..field.start]);
        from = field.end;
    }
    out.extend_from_slice(&raw[from..]);
    out
}

/// How many header fields of this name [`without_field`] would take out.
pub fn field_count(raw: &[u8], name: &str) -> usize {
    fields(raw, name).len()
}

/// Where the first field of this name begins.
pub(super) fn start(raw: &[u8], name: &str) -> Option<usize> {
    fields(raw, name).first().map(|field| field.start)
}

/// Where the fields of this name stand in the header, line ends included.
fn fields(raw: &[u8], name: &str) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let (mut at, mut inside) = (0, false);
    for line in raw.split_inclusive(|&b| b == b'\n') {
        let range = at..at + line.len();
        at = range.end;
        match line {
            // The empty line ends the header.
            b"\r\n" | b"\n" => break,
            [b' ' | b'\t', ..] if inside => {
                if let Some(last) = out.last_mut() {
                    last.end = range.end;
                }
            }
            [b' ' | b'\t', ..] => {}
            _ => {
                inside = is_field(line, name);
                if inside {
                    out.push(range);
                }
            }
        }
    }
    out
}

fn is_field(line: &[u8], name: &str) -> bool {
    let colon = line.iter().position(|&b| b == b':');
    colon.is_some_and(|colon| line[..colon].trim_ascii_end().eq_ignore_ascii_case(name.as_bytes()))
}

/// Whether the first lines hold a header field that mails have. Another text would be judged as one long body.
pub fn is_mail(raw: &[u8]) -> bool {
    const LINES: usize = 200;
    const FIELDS: [&str; 12] = [
        "from",
        "to",
        "cc",
        "bcc",
        "subject",
        "date",
        "message-id",
        "mime-version",
        "content-type",
        "received",
        "return-path",
        "reply-to",
    ];
    let lines = raw.split(|&b| b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let header = lines.skip_while(|line| line.is_empty()).take_while(|line| !line.is_empty()).take(LINES);
    let name = |line: &[u8]| {
        let colon = line.iter().position(|&b| b == b':')?;
        std::str::from_utf8(&line[..colon]).ok().map(|name| name.trim().to_ascii_lowercase())
    };
    header.filter_map(name).any(|name| FIELDS.contains(&name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_mails_from_other_texts() {
        assert!(is_mail(b"Subject: x\r\n\r\nhi") && is_mail(b"X-Mailer: y\nTO: a@b.example\n\n"));
        assert!(!is_mail(b"# Title\n\nFrom: not a header\n") && !is_mail(b"hello") && !is_mail(b"\x00\xff"));
    }

    #[test]
    fn takes_out_the_field_and_nothing_else() {
        let raw = b"X-Atena-Allow: a because\r\n of that\r\nFrom: a@b.example\r\nx-atena-allow : b\r\n\r\nX-Atena-Allow: text\r\n";
        let left = without_field(raw.to_vec(), "X-Atena-Allow");
        assert_eq!(left, b"From: a@b.example\r\n\r\nX-Atena-Allow: text\r\n");
        let without = b"From: a@b.example\r\n folded\r\n\r\nX-Atena-Allow: text".to_vec();
        assert_eq!(without_field(without.clone(), "X-Atena-Allow"), without);
        assert_eq!(without_field(b"X-Atena-Allow: only".to_vec(), "x-atena-allow"), b"");
        assert_eq!(field_count(raw, "X-Atena-Allow"), 2);
        assert_eq!(field_count(b" X-Atena-Allow: behind a blank\r\n\r\n", "X-Atena-Allow"), 0);
    }
}
