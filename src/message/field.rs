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

#[cfg(test)]
mod tests {
    use super::*;

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
