//! Other recipients in the header of a mail, where a person asks for it; every other octet stays.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::field;
use super::mailbox::{Mailbox, parse_list};

/// The mailboxes of a list as a person types it; line breaks and semicolons separate as commas do.
///
/// # Errors
/// What is no address.
pub fn typed_mailboxes(text: &str) -> Result<Vec<Mailbox>, Vec<String>> {
    let one_line: String = text.chars().map(|c| if matches!(c, '\r' | '\n' | '、' | '，') { ',' } else { c }).collect();
    let (mailboxes, unreadable) = parse_list(&one_line);
    if unreadable.is_empty() { Ok(mailboxes) } else { Err(unreadable) }
}

/// The mail with these recipients in To and Cc, in the place of those it had, and without a Bcc field; a list without
/// anybody has no field (RFC 5322 section 3.6.3).
pub fn readdressed(raw: &[u8], to: &[Mailbox], cc: &[Mailbox]) -> Vec<u8> {
    let start = ["To", "Cc", "Bcc"].iter().filter_map(|name| field::start(raw, name)).min();
    let mut fields = Vec::new();
    for (name, list) in [("To", to), ("Cc", cc)] {
        if !list.is_empty() {
            fields.extend(written(name, list).into_bytes());
        }
    }
    // Only what stands before it is taken out nowhere, so the place stays the same.
    let at = start.unwrap_or(0);
    let (head, rest) = raw.split_at(at);
    let mut rest = rest.to_vec();
    for name in ["To", "Cc", "Bcc"] {
        rest = field::without_field(rest, name);
    }
    [head, &fields, &rest].concat()
}

/// A list as it is typed and shown: `佐藤 健一 <k-sato@aoba.example>, …`.
pub fn shown(list: &[Mailbox]) -> String {
    let one = |one: &Mailbox| match one.name.is_empty() {
        true => one.address.to_string(),
        false => format!("{} <{}>", quoted(&one.name), one.address),
    };
    list.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// A field, one mailbox a line.
fn written(name: &str, list: &[Mailbox]) -> String {
    let one = |one: &Mailbox| match one.name.as_str() {
        "" => one.address.to_string(),
        name if name.is_ascii() => format!("{} <{}>", quoted(name), one.address),
        name => format!("{}\r\n <{}>", encoded(name), one.address),
    };
    format!("{name}: {}\r\n", list.iter().map(one).collect::<Vec<_>>().join(",\r\n "))
}

/// In quotes where it has to be (RFC 5322 section 3.2.4).
fn quoted(name: &str) -> String {
    let is_plain = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || " !#$%&'*+-/=?^_`{|}~".contains(c);
    let clean: String = name.chars().filter(|c| !c.is_control()).collect();
    match clean.chars().all(is_plain) {
        true => clean,
        false => format!("\"{}\"", clean.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

/// As encoded words of at most 75 characters (RFC 2047 section 2), cut between characters.
fn encoded(name: &str) -> String {
    /// Octets whose base64 fits beside `=?UTF-8?B??=`.
    const OCTETS: usize = 45;
    let mut words: Vec<String> = vec![String::new()];
    for c in name.chars().filter(|c| !c.is_control()) {
        let last = words.last_mut().expect("begins with one");
        match last.len() + c.len_utf8() <= OCTETS {
            true => last.push(c),
            false => words.push(c.to_string()),
        }
    }
    words.iter().map(|word| format!("=?UTF-8?B?{}?=", STANDARD.encode(word))).collect::<Vec<_>>().join("\r\n ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Message;

    fn list(text: &str) -> Vec<Mailbox> {
        typed_mailboxes(text).expect("addresses")
    }

    #[test]
    fn only_the_fields_of_recipients_change() {
        let raw = b"From: a@own.example\r\nTO: Old One <old@aoba.example>,\r\n other@aoba.example\r\nSubject: x\r\nCc: c@aoba.example\r\nBcc: b@aoba.example\r\n\r\nTo: text\r\n";
        let new = readdressed(raw, &list("\"Hale, Robert\" <r.hale@alderbio.example>; ken@own.example"), &[]);
        assert_eq!(
            String::from_utf8_lossy(&new),
            "From: a@own.example\r\nTo: \"Hale, Robert\" <r.hale@alderbio.example>,\r\n ken@own.example\r\nSubject: x\r\n\r\nTo: text\r\n"
        );
        let blind = readdressed(raw, &[], &[]);
        assert_eq!(String::from_utf8_lossy(&blind), "From: a@own.example\r\nSubject: x\r\n\r\nTo: text\r\n");
        assert_eq!(
            readdressed(b"Subject: x\r\n\r\ny", &list("a@b.example"), &[]),
            b"To: a@b.example\r\nSubject: x\r\n\r\ny"
        );
    }

    #[test]
    fn names_read_back_as_they_were_typed() {
        let long = "株式会社ひがしにほん高速配送システム第三営業部 佐藤 健一郎 🍎";
        for name in ["佐藤 健一", "Hale, Robert", "O'Neil", "a \"b\" \\ c", long, "Zoë"] {
            let one = Mailbox { name: name.to_owned(), ..list("x@aoba.example").remove(0) };
            let one = std::slice::from_ref(&one);
            assert_eq!(list(&shown(one)), one, "{name} as it is shown");
            let new = readdressed(b"Subject: x\r\n\r\ny", &[], one);
            assert!(new.split(|&b| b == b'\n').all(|line| line.len() <= 78), "{name}");
            assert_eq!(Message::parse(&new).expect("a mail").cc, one, "{name} in the header");
        }
    }

    #[test]
    fn what_is_no_address_is_named() {
        assert_eq!(typed_mailboxes("a@b.example\nken"), Err(vec!["ken".to_owned()]));
        assert_eq!(typed_mailboxes(" \r\n"), Ok(Vec::new()));
    }
}
